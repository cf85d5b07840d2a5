// Package workload makes AsyncAPI documents of any size, for benchmarks and for
// tests of how work grows with the size of a document.
//
// It is for tests alone and imports nothing of this module.
//
//	text := workload.Document(500).YAML() // about 1 MB
package workload

import "fmt"

// The numbers of channels that make documents of about 6 KB, 1 MB and 10 MB.
const (
	Small  = 3
	Medium = 500
	Large  = 5000
)

// Document is a sound AsyncAPI 3.0 document with that many channels, each with
// a message and an operation, and twice as many schemas: about 2 KB a channel as
// YAML, 3 KB as JSON.
func Document(channels int) Object {
	return document(
		Member{"channels", repeat(channels, channel)},
		Member{"operations", repeat(channels, operation)},
		Member{"components", Object{
			{"messages", repeat(channels, message)},
			{"schemas", repeat(2*channels, schema)},
		}},
	)
}

// Channels is a sound document that has little but channels, all of the same
// message.
func Channels(n int) Object {
	return document(
		Member{"channels", repeat(n, func(i int) Member {
			return Member{fmt.Sprintf("channel%d", i), Object{
				{"address", fmt.Sprintf("area.%d.events", i)},
				{"messages", Object{{"event", ref("#/components/messages/message0")}}},
			}}
		})},
		Member{"operations", repeat(n, func(i int) Member {
			return Member{fmt.Sprintf("send%d", i), Object{
				{"action", "send"},
				{"channel", ref(fmt.Sprintf("#/channels/channel%d", i))},
			}}
		})},
		Member{"components", Object{
			{"messages", repeat(1, message)},
			{"schemas", repeat(2, schema)},
		}},
	)
}

// Diamond is a document with schemas on that many levels, each of which refers
// to the next one twice: there are 2^depth ways through it.
func Diamond(depth int) Object {
	return document(
		Member{"channels", Object{{"shapes", Object{
			{"address", "shapes"},
			{"messages", Object{{"shape", Object{{"payload", ref("#/components/schemas/level0")}}}}},
		}}}},
		Member{"components", Object{{"schemas", repeat(depth+1, func(i int) Member {
			if i == depth {
				return Member{fmt.Sprintf("level%d", i), Object{{"type", "string"}}}
			}
			next := ref(fmt.Sprintf("#/components/schemas/level%d", i+1))
			return Member{fmt.Sprintf("level%d", i), Object{
				{"type", "object"},
				{"properties", Object{{"left", next}, {"right", next}}},
			}}
		})}}},
	)
}

// Spread is a document, "asyncapi.yaml", whose messages lie in files of their
// own, n in all, by name.
func Spread(n int) map[string]Object {
	files := map[string]Object{}
	name := func(i int) string { return fmt.Sprintf("message%d.yaml", i) }
	for i := range n {
		next := Object{{"type", "boolean"}}
		if i+1 < n {
			next = ref(name(i+1) + "#/payload")
		}
		files[name(i)] = Object{
			{"contentType", "application/json"},
			{"payload", Object{
				{"type", "object"},
				{"properties", Object{{"id", Object{{"type", "string"}}}, {"next", next}}},
			}},
		}
	}
	files["asyncapi.yaml"] = document(Member{"channels", repeat(n, func(i int) Member {
		return Member{fmt.Sprintf("channel%d", i), Object{
			{"address", fmt.Sprintf("area.%d.events", i)},
			{"messages", Object{{"event", ref(name(i))}}},
		}}
	})})
	return files
}

func document(members ...Member) Object {
	return append(Object{
		{"asyncapi", "3.0.0"},
		{"info", Object{
			{"title", "Warehouse events"},
			{"version", "1.4.2"},
			{"description", "What the warehouses tell each other.\nIt is of *no* interest to anybody else.\n"},
			{"license", Object{{"name", "Apache 2.0"}, {"url", "https://www.apache.org/licenses/LICENSE-2.0"}}},
		}},
		{"servers", Object{{"production", Object{
			{"host", "kafka.example.com:9092"},
			{"protocol", "kafka"},
			{"description", "The cluster of the warehouses"},
		}}}},
	}, members...)
}

func repeat(n int, each func(i int) Member) Object {
	out := make(Object, n)
	for i := range out {
		out[i] = each(i)
	}
	return out
}

func ref(to string) Object { return Object{{"$ref", to}} }

func channel(i int) Member {
	return Member{fmt.Sprintf("channel%d", i), Object{
		{"address", fmt.Sprintf("warehouse.%d.events.{station}", i)},
		{"description", fmt.Sprintf("Events of warehouse %d, in the order in which they happened.", i)},
		{"messages", Object{{"event", ref(fmt.Sprintf("#/components/messages/message%d", i))}}},
		{"parameters", Object{{"station", Object{{"description", "the id of the station"}}}}},
		{"bindings", Object{{"kafka", Object{{"partitions", 12}, {"replicas", 3}}}}},
	}}
}

func operation(i int) Member {
	action := []string{"send", "receive"}[i%2]
	at := fmt.Sprintf("#/channels/channel%d", i)
	return Member{fmt.Sprintf("%sEvent%d", action, i), Object{
		{"action", action},
		{"summary", fmt.Sprintf("Something happened at station %d.", i)},
		{"channel", ref(at)},
		{"messages", List{ref(at + "/messages/event")}},
	}}
}

func message(i int) Member {
	return Member{fmt.Sprintf("message%d", i), Object{
		{"name", fmt.Sprintf("eventHappened%d", i)},
		{"title", "An event"},
		{"summary", "Informs about an event, the environment it happened in, and who saw it."},
		{"contentType", "application/json"},
		{"payload", ref(fmt.Sprintf("#/components/schemas/schema%d", 2*i))},
	}}
}

func schema(i int) Member {
	return Member{fmt.Sprintf("schema%d", i), Object{
		{"type", "object"},
		{"description", fmt.Sprintf("What is known about event %d at the time when it is told: no more than that, and no less.", i)},
		{"required", List{"id", "sentAt"}},
		{"properties", Object{
			{"id", Object{{"type", "string"}, {"format", "uuid"}}},
			{"sentAt", Object{{"type", "string"}, {"format", "date-time"}, {"description", "Date and time when it was sent."}}},
			{"lumens", Object{{"type", "integer"}, {"minimum", 0}, {"maximum", 100 + i%900}}},
			{"state", Object{{"type", "string"}, {"enum", List{"lit", "dark", "unknown"}}, {"default", "unknown"}}},
			{"urgent", Object{{"type", "boolean"}, {"default", false}}},
			{"cause", ref(fmt.Sprintf("#/components/schemas/schema%d", i+1-i%2*2))},
		}},
	}}
}
