package orders_test

import "time"

// plainOrder is an order as one writes it for encoding/json.
type plainOrder struct {
	OrderID    string         `json:"orderId"`
	CustomerID string         `json:"customerId"`
	PlacedAt   time.Time      `json:"placedAt"`
	Status     string         `json:"status"`
	Currency   string         `json:"currency"`
	Total      float64        `json:"total"`
	Gift       bool           `json:"gift"`
	Items      []plainItem    `json:"items"`
	ShipTo     plainAddress   `json:"shipTo"`
	BillTo     *plainAddress  `json:"billTo,omitempty"`
	Note       *string        `json:"note,omitempty"`
	Tags       []string       `json:"tags,omitempty"`
	Payments   []plainPayment `json:"payments,omitempty"`
	Weight     *float64       `json:"weight,omitempty"`
	Due        *string        `json:"due,omitempty"`
	Attempt    *int64         `json:"attempt,omitempty"`
}

type plainItem struct {
	SKU      string  `json:"sku"`
	Name     *string `json:"name,omitempty"`
	Quantity int32   `json:"quantity"`
	Price    float64 `json:"price"`
}

type plainAddress struct {
	Name       string  `json:"name"`
	Street     string  `json:"street"`
	City       string  `json:"city"`
	PostalCode *string `json:"postalCode,omitempty"`
	Country    string  `json:"country"`
}

type plainPayment struct {
	ID     string     `json:"id"`
	Method string     `json:"method"`
	Amount float64    `json:"amount"`
	PaidAt *time.Time `json:"paidAt,omitempty"`
}
