package parse

import (
	"slices"
	"strconv"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// kafkaVersions are the versions of the Kafka binding, the oldest first.
// "latest" means the last, and so does no version at all.
var kafkaVersions = []string{"0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "latest"}

// oldestChecked is the first version of the binding that the JSON Schemas of
// AsyncAPI 3.x know.
const oldestChecked = "0.3.0"

// kafkaSince tells the version of the binding that each field came with; none
// has ever gone.
var kafkaSince = map[string]string{
	"schemaRegistryUrl": "0.3.0", "schemaRegistryVendor": "0.3.0",
	"topic": "0.3.0", "partitions": "0.3.0", "replicas": "0.3.0", "topicConfiguration": "0.4.0",
	"groupId": "0.1.0", "clientId": "0.1.0",
	"key": "0.1.0", "schemaIdLocation": "0.3.0", "schemaIdPayloadEncoding": "0.3.0", "schemaLookupStrategy": "0.3.0",
}

// topicSettings are the members of topicConfiguration that the binding names,
// with its version that they came with. Since 0.5.0 there may be others.
var topicSettings = map[string]struct {
	since string
	check func(*reader, resolve.Place, string)
}{
	"cleanup.policy":                        {"0.4.0", (*reader).cleanupPolicy},
	"retention.ms":                          {"0.4.0", atLeast(-1)},
	"retention.bytes":                       {"0.4.0", atLeast(-1)},
	"delete.retention.ms":                   {"0.4.0", atLeast(0)},
	"max.message.bytes":                     {"0.4.0", atLeast(0)},
	"confluent.key.schema.validation":       {"0.5.0", ofKind(syntax.Bool)},
	"confluent.key.subject.name.strategy":   {"0.5.0", ofKind(syntax.String)},
	"confluent.value.schema.validation":     {"0.5.0", ofKind(syntax.Bool)},
	"confluent.value.subject.name.strategy": {"0.5.0", ofKind(syntax.String)},
}

const openSettings = "0.5.0" // the version that lets other settings pass

// kafkaTable is the Kafka binding of one kind of object. Its rows hold in every
// version of AsyncAPI: kafkaSince has the versions of the binding itself.
func kafkaTable(object string, keys ...string) *table {
	return &table{name: "Kafka binding of the " + object, refs: v20, rows: []row{
		optional(keys...), optional("bindingVersion"),
	}}
}

// kafka reads the Kafka binding of whatever object the table is for.
func (r *reader) kafka(p resolve.Place, t *table) *spec.KafkaBinding {
	return read(r, p, t, func(f *fields, k *spec.KafkaBinding) {
		version := f.kafkaVersion()
		for _, m := range f.own.Node.Members {
			if since, ok := kafkaSince[m.Key.Text]; ok && f.shape[m.Key.Text] != nil {
				r.checkKafkaSince(m.Key, since, version)
			}
		}
		switch t {
		case serverBindings.kafka:
			k.SchemaRegistryURL = f.text("schemaRegistryUrl")
			k.SchemaRegistryVendor = f.text("schemaRegistryVendor")
		case channelBindings.kafka:
			k.Topic = f.text("topic")
			k.Partitions = f.count("partitions")
			k.Replicas = f.count("replicas")
			k.TopicConfiguration = f.topicConfiguration(version)
		case operationBindings.kafka:
			k.GroupID = f.bindingSchema("groupId")
			k.ClientID = f.bindingSchema("clientId")
		case messageBindings.kafka:
			k.Key = f.bindingSchema("key")
			k.SchemaIDLocation = f.choice("schemaIdLocation", "header", "payload")
			k.SchemaIDPayloadEncoding = f.text("schemaIdPayloadEncoding")
			k.SchemaLookupStrategy = f.text("schemaLookupStrategy")
		}
	})
}

// kafkaVersion is the index of the binding's version among all: the last for
// one that is not known.
func (f *fields) kafkaVersion() int {
	last := len(kafkaVersions) - 1
	p := f.place("bindingVersion")
	if p.Node == nil || p.Node.Kind != syntax.String {
		return last // what is wrong with it is reported with the other protocols'
	}
	known := kafkaVersions
	if f.r.release.checksBindings {
		known = known[slices.Index(known, oldestChecked):]
	}
	if !slices.Contains(known, p.Node.Text) {
		f.r.found.Errorf(p, "wrong-value", "\"bindingVersion\" of Kafka must be %s, is %q", alternatives(known), brief(p.Node.Text))
		return last
	}
	return slices.Index(kafkaVersions, p.Node.Text)
}

// checkKafkaSince reports a key that came with a later version of the binding.
func (r *reader) checkKafkaSince(key syntax.Key, since string, version int) {
	if version < slices.Index(kafkaVersions, since) {
		r.found.Errorf(key, "key-of-other-version", "%q came with version %s of the Kafka binding, this one is of %s",
			key.Text, since, kafkaVersions[version]).
			WithHelp("raise bindingVersion or leave the key out")
	}
}

// topicConfiguration is the member of that name, its settings checked.
func (f *fields) topicConfiguration(version int) *syntax.Node {
	p := f.place("topicConfiguration")
	if p.Node == nil || !f.r.isKind(p, quoted("topicConfiguration"), syntax.Mapping) {
		return nil
	}
	if version < slices.Index(kafkaVersions, kafkaSince["topicConfiguration"]) {
		return p.Node // reported as a whole
	}
	for _, m := range p.Node.Members {
		setting, known := topicSettings[m.Key.Text]
		switch {
		case known:
			f.r.checkKafkaSince(m.Key, setting.since, version)
			setting.check(f.r, p.Child(m.Key.Text), m.Key.Text)
		case version < slices.Index(kafkaVersions, openSettings):
			f.r.unknownSetting(m.Key)
		}
	}
	return p.Node
}

func (r *reader) unknownSetting(key syntax.Key) {
	d := r.found.Errorf(key, "unknown-key", "topicConfiguration has no %q", brief(key.Text)).
		WithHelp("it may have settings of any name since version %s of the Kafka binding", openSettings)
	var names []string
	for name := range topicSettings {
		names = append(names, name)
	}
	slices.Sort(names)
	if near := diag.Nearest(key.Text, names); near != "" {
		d.WithHelp("did you mean %q?", near).WithFix(key, near)
	}
}

func (r *reader) cleanupPolicy(p resolve.Place, key string) {
	if !r.isKind(p, quoted(key), syntax.Sequence) {
		return
	}
	for i := range p.Node.Items {
		if t := r.text(p.Item(i), "an item of "+quoted(key)); t.IsSet() {
			r.oneOf(t, "an item of "+quoted(key), []string{"compact", "delete"})
		}
	}
}

func atLeast(least int64) func(*reader, resolve.Place, string) {
	return func(r *reader, p resolve.Place, key string) { r.integer(p, key, least, 64) }
}

func ofKind(k syntax.Kind) func(*reader, resolve.Place, string) {
	return func(r *reader, p resolve.Place, key string) { r.isKind(p, quoted(key), k) }
}

// integer is the number at p, of so many bits, or 0 when it is not at least
// what it must be.
func (r *reader) integer(p resolve.Place, key string, least int64, bits int) int64 {
	if !r.isKind(p, quoted(key), syntax.Number) {
		return 0
	}
	n, err := strconv.ParseInt(p.Node.Text, 10, bits)
	if err != nil || n < least {
		r.found.Errorf(p, "wrong-value", "%q must be an integer of %d or more, is %s", key, least, brief(p.Node.Text))
		return 0
	}
	return n
}

// count is a member that is a positive integer.
func (f *fields) count(key string) int {
	p := f.place(key)
	if p.Node == nil {
		return 0
	}
	return int(f.r.integer(p, key, 1, 32))
}
