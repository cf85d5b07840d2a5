package syntax

import "testing"

func TestInYAML11(t *testing.T) {
	tests := map[string]string{ // "" is no difference
		"yes": "boolean true", "Yes": "boolean true", "YES": "boolean true", "yEs": "", "y": "boolean true", "Y": "boolean true",
		"on": "boolean true", "off": "boolean false", "no": "boolean false", "No": "boolean false", "n": "boolean false",
		"true": "", "True": "", "null": "", "~": "", "none": "", "yesterday": "", "é": "",
		"0777": "number 511", "0010": "number 8", "007": "", "08": "string 08", "0": "", "10": "", "0.5": "", "-010": "",
		"12:30": "number 750", "1:30:00": "number 5400", "12:60": "", "8080:80": "", "02:30": "", "12:x": "", "1:2x": "", "a:b": "", "12:030": "",
		`"yes"`: "", "'12:30'": "", "|\n  yes": "", "1e3": "", "0x1F": "",
	}
	for text, want := range tests {
		root, found := parse("k: " + text + "\n")
		if len(found) > 0 {
			t.Fatal(found)
		}
		got := ""
		if kind, value, differs := root.Get("k").InYAML11(); differs {
			got = kind.String() + " " + value
		}
		if got != want {
			t.Errorf("%s is %q in YAML 1.1, want %q", text, got, want)
		}
	}
}

func TestKeysInYAML11(t *testing.T) {
	for key, want := range map[string]string{"yes": "true", "Off": "false", "y": "", "12:30": "750", `"no"`: "", "name": ""} {
		root, _ := parse(key + ": 1\n")
		if _, value, differs := root.Members[0].Key.InYAML11(); value != want || differs != (want != "") {
			t.Errorf("key %s is %q in YAML 1.1, want %q", key, value, want)
		}
	}
	root, _ := parse(`{"yes": "no", "a": 10}`)
	for _, m := range root.Members {
		if _, _, differs := m.Key.InYAML11(); differs {
			t.Errorf("JSON: key %s", m.Key.Text)
		}
		if _, _, differs := m.Value.InYAML11(); differs {
			t.Errorf("JSON: %s", m.Value.Text)
		}
	}
}
