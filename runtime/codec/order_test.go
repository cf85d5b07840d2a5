package codec_test

import (
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// The types of an order as generated code has them.

type orderStatus string

type order struct {
	OrderID    string
	CustomerID string
	PlacedAt   time.Time
	Status     orderStatus
	Currency   string
	Total      float64
	Gift       bool
	Items      []orderItem
	ShipTo     address
	BillTo     runtime.Optional[address]
	Note       runtime.Optional[string]
	Tags       []string
	Payments   []payment
	Weight     runtime.Optional[float64]
	Due        runtime.Optional[runtime.Date]
	Attempt    runtime.Optional[int64]
	Unknown    runtime.Members
}

func (v *order) ReadJSON(r *codec.Reader) {
	*v = order{}
	for r.Object(); r.Member(); {
		switch string(r.Key()) {
		case "orderId":
			v.OrderID = r.String()
		case "customerId":
			v.CustomerID = r.String()
		case "placedAt":
			v.PlacedAt = r.Time()
		case "status":
			v.Status = orderStatus(r.String())
		case "currency":
			v.Currency = r.String()
		case "total":
			v.Total = r.Float64()
		case "gift":
			v.Gift = r.Bool()
		case "items":
			v.Items = make([]orderItem, 0, r.Array())
			for r.Element() {
				var e orderItem
				e.ReadJSON(r)
				v.Items = append(v.Items, e)
			}
		case "shipTo":
			v.ShipTo.ReadJSON(r)
		case "billTo":
			var x address
			x.ReadJSON(r)
			v.BillTo = runtime.Some(x)
		case "note":
			v.Note = runtime.Some(r.String())
		case "tags":
			v.Tags = make([]string, 0, r.Array())
			for r.Element() {
				v.Tags = append(v.Tags, r.String())
			}
		case "payments":
			v.Payments = make([]payment, 0, r.Array())
			for r.Element() {
				var e payment
				e.ReadJSON(r)
				v.Payments = append(v.Payments, e)
			}
		case "weight":
			v.Weight = runtime.Some(r.Float64())
		case "due":
			v.Due = runtime.Some(runtime.ReadDate(r))
		case "attempt":
			v.Attempt = runtime.Some(r.Int64())
		default:
			v.Unknown.Add(r)
		}
	}
}

func (v *order) WriteJSON(w *codec.Writer) {
	w.Object()
	w.Member("orderId")
	w.String(v.OrderID)
	w.Member("customerId")
	w.String(v.CustomerID)
	w.Member("placedAt")
	w.Time(v.PlacedAt)
	w.Member("status")
	w.String(string(v.Status))
	w.Member("currency")
	w.String(v.Currency)
	w.Member("total")
	w.Float64(v.Total)
	w.Member("gift")
	w.Bool(v.Gift)
	w.Member("items")
	w.Array()
	for i := range v.Items {
		v.Items[i].WriteJSON(w)
	}
	w.EndArray()
	w.Member("shipTo")
	v.ShipTo.WriteJSON(w)
	if x, ok := v.BillTo.Get(); ok {
		w.Member("billTo")
		x.WriteJSON(w)
	}
	if x, ok := v.Note.Get(); ok {
		w.Member("note")
		w.String(x)
	}
	if v.Tags != nil {
		w.Member("tags")
		w.Array()
		for _, e := range v.Tags {
			w.String(e)
		}
		w.EndArray()
	}
	if v.Payments != nil {
		w.Member("payments")
		w.Array()
		for i := range v.Payments {
			v.Payments[i].WriteJSON(w)
		}
		w.EndArray()
	}
	if x, ok := v.Weight.Get(); ok {
		w.Member("weight")
		w.Float64(x)
	}
	if x, ok := v.Due.Get(); ok {
		w.Member("due")
		x.WriteJSON(w)
	}
	if x, ok := v.Attempt.Get(); ok {
		w.Member("attempt")
		w.Int64(x)
	}
	v.Unknown.Write(w)
	w.EndObject()
}

// AppendJSON writes into a reused buffer.
func (v order) AppendJSON(dst []byte) ([]byte, error) {
	w := codec.NewWriter(dst)
	v.WriteJSON(w)
	return w.End()
}

type orderItem struct {
	SKU      string
	Name     string
	Quantity int32
	Price    float64
	Unknown  runtime.Members
}

func (v *orderItem) ReadJSON(r *codec.Reader) {
	*v = orderItem{}
	for r.Object(); r.Member(); {
		switch string(r.Key()) {
		case "sku":
			v.SKU = r.String()
		case "name":
			v.Name = r.String()
		case "quantity":
			v.Quantity = r.Int32()
		case "price":
			v.Price = r.Float64()
		default:
			v.Unknown.Add(r)
		}
	}
}

func (v *orderItem) WriteJSON(w *codec.Writer) {
	w.Object()
	w.Member("sku")
	w.String(v.SKU)
	w.Member("name")
	w.String(v.Name)
	w.Member("quantity")
	w.Int32(v.Quantity)
	w.Member("price")
	w.Float64(v.Price)
	v.Unknown.Write(w)
	w.EndObject()
}

type address struct {
	Name       string
	Street     string
	City       string
	PostalCode string
	Country    string
	Unknown    runtime.Members
}

func (v *address) ReadJSON(r *codec.Reader) {
	*v = address{}
	for r.Object(); r.Member(); {
		switch string(r.Key()) {
		case "name":
			v.Name = r.String()
		case "street":
			v.Street = r.String()
		case "city":
			v.City = r.String()
		case "postalCode":
			v.PostalCode = r.String()
		case "country":
			v.Country = r.String()
		default:
			v.Unknown.Add(r)
		}
	}
}

func (v *address) WriteJSON(w *codec.Writer) {
	w.Object()
	w.Member("name")
	w.String(v.Name)
	w.Member("street")
	w.String(v.Street)
	w.Member("city")
	w.String(v.City)
	w.Member("postalCode")
	w.String(v.PostalCode)
	w.Member("country")
	w.String(v.Country)
	v.Unknown.Write(w)
	w.EndObject()
}

type payment struct {
	ID      runtime.UUID
	Method  string
	Amount  runtime.Decimal
	PaidAt  time.Time
	Unknown runtime.Members
}

func (v *payment) ReadJSON(r *codec.Reader) {
	*v = payment{}
	for r.Object(); r.Member(); {
		switch string(r.Key()) {
		case "id":
			v.ID = runtime.ReadUUID(r)
		case "method":
			v.Method = r.String()
		case "amount":
			v.Amount = runtime.ReadDecimal(r)
		case "paidAt":
			v.PaidAt = r.Time()
		default:
			v.Unknown.Add(r)
		}
	}
}

func (v *payment) WriteJSON(w *codec.Writer) {
	w.Object()
	w.Member("id")
	v.ID.WriteJSON(w)
	w.Member("method")
	w.String(v.Method)
	w.Member("amount")
	v.Amount.WriteJSON(w)
	w.Member("paidAt")
	w.Time(v.PaidAt)
	v.Unknown.Write(w)
	w.EndObject()
}
