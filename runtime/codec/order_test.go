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

func (v *order) CodeJSON(j *codec.JSON) {
	if j.Object() {
		*v = order{}
	}
	for v.Unknown.Members(j) {
		j.String("orderId", &v.OrderID)
		j.String("customerId", &v.CustomerID)
		j.Time("placedAt", &v.PlacedAt)
		j.String("status", (*string)(&v.Status))
		j.String("currency", &v.Currency)
		j.Float64("total", &v.Total)
		j.Bool("gift", &v.Gift)
		if j.Field("items", true) {
			if r := j.Reader(); r != nil {
				v.Items = make([]orderItem, 0, r.Array())
				for r.Element() {
					var e orderItem
					e.CodeJSON(j)
					v.Items = append(v.Items, e)
				}
			} else {
				w := j.Writer()
				w.Array()
				for i := range v.Items {
					v.Items[i].CodeJSON(w.JSON())
				}
				w.EndArray()
			}
		}
		if j.Field("shipTo", true) {
			v.ShipTo.CodeJSON(j)
		}
		if j.Field("billTo", !v.BillTo.IsZero()) {
			x, _ := v.BillTo.Get()
			x.CodeJSON(j)
			v.BillTo = runtime.Some(x)
		}
		runtime.OptionalString(j, "note", &v.Note)
		if j.Field("tags", v.Tags != nil) {
			if r := j.Reader(); r != nil {
				v.Tags = make([]string, 0, r.Array())
				for r.Element() {
					v.Tags = append(v.Tags, r.String())
				}
			} else {
				w := j.Writer()
				w.Array()
				for i := range v.Tags {
					w.String(v.Tags[i])
				}
				w.EndArray()
			}
		}
		if j.Field("payments", v.Payments != nil) {
			if r := j.Reader(); r != nil {
				v.Payments = make([]payment, 0, r.Array())
				for r.Element() {
					var e payment
					e.CodeJSON(j)
					v.Payments = append(v.Payments, e)
				}
			} else {
				w := j.Writer()
				w.Array()
				for i := range v.Payments {
					v.Payments[i].CodeJSON(w.JSON())
				}
				w.EndArray()
			}
		}
		runtime.OptionalFloat64(j, "weight", &v.Weight)
		runtime.OptionalDate(j, "due", &v.Due)
		runtime.OptionalInt64(j, "attempt", &v.Attempt)
	}
}

// AppendJSON writes into a reused buffer.
func (v order) AppendJSON(dst []byte) ([]byte, error) {
	w := codec.NewWriter(dst)
	v.CodeJSON(w.JSON())
	return w.End()
}

type orderItem struct {
	SKU      string
	Name     string
	Quantity int32
	Price    float64
	Unknown  runtime.Members
}

func (v *orderItem) CodeJSON(j *codec.JSON) {
	if j.Object() {
		*v = orderItem{}
	}
	for v.Unknown.Members(j) {
		j.String("sku", &v.SKU)
		j.String("name", &v.Name)
		j.Int32("quantity", &v.Quantity)
		j.Float64("price", &v.Price)
	}
}

type address struct {
	Name       string
	Street     string
	City       string
	PostalCode string
	Country    string
	Unknown    runtime.Members
}

func (v *address) CodeJSON(j *codec.JSON) {
	if j.Object() {
		*v = address{}
	}
	for v.Unknown.Members(j) {
		j.String("name", &v.Name)
		j.String("street", &v.Street)
		j.String("city", &v.City)
		j.String("postalCode", &v.PostalCode)
		j.String("country", &v.Country)
	}
}

type payment struct {
	ID      runtime.UUID
	Method  string
	Amount  runtime.Decimal
	PaidAt  time.Time
	Unknown runtime.Members
}

func (v *payment) CodeJSON(j *codec.JSON) {
	if j.Object() {
		*v = payment{}
	}
	for v.Unknown.Members(j) {
		v.ID.Member(j, "id")
		j.String("method", &v.Method)
		v.Amount.Member(j, "amount")
		j.Time("paidAt", &v.PaidAt)
	}
}
