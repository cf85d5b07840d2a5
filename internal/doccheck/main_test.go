package main

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	text := "a\n```console\n$ true\n$ asyncwire lint x.yaml # exit status 1\nx.yaml:1:1: …\n\n```\n$ not a command\n```sh\n$ neither\n```\n"
	got := parse(text)
	if len(got) != 2 || got[0].text != "true" || got[1].text != "asyncwire lint x.yaml" || got[1].status != 1 || got[1].output[0] != "x.yaml:1:1: …" {
		t.Errorf("got %+v", got)
	}
}

func TestMatch(t *testing.T) {
	got := strings.Split("one 12 ms\ntwo\nthree", "\n")
	for _, test := range []struct {
		want string
		ok   bool
	}{
		{"one 12 ms\ntwo\nthree", true},
		{"one … ms\ntwo\nthree", true},
		{"…\nthree", true},
		{"…", true},
		{"one … ms\n…", true},
		{"one 12 ms\ntwo", false},
		{"one .* ms\ntwo\nthree", false},
		{"…\nfour", false},
	} {
		if match(strings.Split(test.want, "\n"), got) != test.ok {
			t.Errorf("%q: want %t", test.want, test.ok)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		command
		ok bool
	}{
		{command{text: "echo hello", output: []string{"hello"}}, true},
		{command{text: "echo hello", output: []string{"bye"}}, false},
		{command{text: "exit 3", status: 3}, true},
		{command{text: "exit 3"}, false},
	} {
		if err := test.check(t.TempDir(), t.TempDir()); (err == nil) != test.ok {
			t.Errorf("%+v: %v", test.command, err)
		}
	}
}
