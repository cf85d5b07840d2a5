package codec_test

import (
	"time"
	"unsafe"

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

var jsonOrder = codec.Struct{Of: (*order)(nil), Text: `
	"orderId" string
	"customerId" string
	"placedAt" time
	"status" string
	"currency" string
	"total" float64
	"gift" bool
	"items" struct list
	"shipTo" struct
	"billTo" struct optional
	"note" string optional
	"tags" string list some
	"payments" struct list some
	"weight" float64 optional
	"due" date optional
	"attempt" int64 optional
	unknown`}

func (v *order) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonOrder) }

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

var jsonOrderItem = codec.Struct{Of: (*orderItem)(nil), Text: `
	"sku" string
	"name" string
	"quantity" int32
	"price" float64
	unknown`}

func (v *orderItem) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonOrderItem) }

type address struct {
	Name       string
	Street     string
	City       string
	PostalCode string
	Country    string
	Unknown    runtime.Members
}

var jsonAddress = codec.Struct{Of: (*address)(nil), Text: `
	"name" string
	"street" string
	"city" string
	"postalCode" string
	"country" string
	unknown`}

func (v *address) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonAddress) }

type payment struct {
	ID      runtime.UUID
	Method  string
	Amount  runtime.Decimal
	PaidAt  time.Time
	Unknown runtime.Members
}

var jsonPayment = codec.Struct{Of: (*payment)(nil), Text: `
	"id" uuid
	"method" string
	"amount" decimal
	"paidAt" time
	unknown`}

func (v *payment) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &jsonPayment) }
