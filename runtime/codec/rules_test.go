package codec_test

import "github.com/asyncwire/asyncwire/runtime/check"

// rules are those of the order, as generated code has them.
var rules = check.NewRules(check.Set{
	{Name: "Order", Schema: check.Schema{
		check.Object,
		check.Required{"orderId", "customerId", "placedAt", "status", "currency", "total", "gift", "items", "shipTo"},
		check.Properties{
			{Name: "orderId", Schema: check.Schema{check.String, check.Pattern(`^ord-[0-9]{4}-[0-9]{6}$`)}},
			{Name: "customerId", Schema: check.Schema{check.String, check.MinLength(1), check.MaxLength(40)}},
			{Name: "placedAt", Schema: check.Schema{check.String, check.Format("date-time")}},
			{Name: "status", Schema: check.Schema{check.String, check.Enum{`"placed"`, `"paid"`, `"shipped"`, `"cancelled"`}}},
			{Name: "currency", Schema: check.Schema{check.String, check.MinLength(3), check.MaxLength(3)}},
			{Name: "total", Schema: check.Schema{check.Number, check.Minimum("0")}},
			{Name: "gift", Schema: check.Schema{check.Boolean}},
			{Name: "items", Schema: check.Schema{check.Array, check.MinItems(1), check.MaxItems(1000), check.Items{check.Ref("OrderItem")}}},
			{Name: "shipTo", Schema: check.Schema{check.Ref("Address")}},
			{Name: "billTo", Schema: check.Schema{check.Ref("Address")}},
			{Name: "note", Schema: check.Schema{check.String, check.MaxLength(500)}},
			{Name: "tags", Schema: check.Schema{check.Array, check.UniqueItems{}, check.Items{check.String, check.MinLength(1)}}},
			{Name: "payments", Schema: check.Schema{check.Array, check.Items{check.Ref("Payment")}}},
			{Name: "weight", Schema: check.Schema{check.Number, check.ExclusiveMinimum("0")}},
			{Name: "due", Schema: check.Schema{check.String, check.Format("date")}},
			{Name: "attempt", Schema: check.Schema{check.Integer, check.Minimum("1"), check.Maximum("9223372036854775807")}},
		},
	}},
	{Name: "OrderItem", Schema: check.Schema{
		check.Object,
		check.Required{"sku", "quantity", "price"},
		check.Properties{
			{Name: "sku", Schema: check.Schema{check.String, check.MinLength(4), check.MaxLength(20)}},
			{Name: "name", Schema: check.Schema{check.String}},
			{Name: "quantity", Schema: check.Schema{check.Integer, check.Minimum("1"), check.Maximum("2147483647")}},
			{Name: "price", Schema: check.Schema{check.Number, check.Minimum("0")}},
		},
	}},
	{Name: "Address", Schema: check.Schema{
		check.Object,
		check.Required{"name", "street", "city", "country"},
		check.Properties{
			{Name: "name", Schema: check.Schema{check.String, check.MinLength(1)}},
			{Name: "street", Schema: check.Schema{check.String, check.MinLength(1)}},
			{Name: "city", Schema: check.Schema{check.String, check.MinLength(1)}},
			{Name: "postalCode", Schema: check.Schema{check.String, check.MaxLength(12)}},
			{Name: "country", Schema: check.Schema{check.String, check.MinLength(2), check.MaxLength(2)}},
		},
	}},
	{Name: "Payment", Schema: check.Schema{
		check.Object,
		check.Required{"id", "method", "amount"},
		check.Properties{
			{Name: "id", Schema: check.Schema{check.String, check.Format("uuid")}},
			{Name: "method", Schema: check.Schema{check.String, check.Enum{`"card"`, `"voucher"`, `"invoice"`}}},
			{Name: "amount", Schema: check.Schema{check.Number, check.MultipleOf("0.01")}},
			{Name: "paidAt", Schema: check.Schema{check.String, check.Format("date-time")}},
		},
	}},
})
