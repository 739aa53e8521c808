package rpid_test

import (
	"errors"
	"net/url"
	"testing"

	"latchkey/internal/rpid"
)

func TestOf(t *testing.T) {
	for base, want := range map[string]struct {
		id  string
		err error
	}{
		"https://accounts.example":      {"accounts.example", nil},
		"https://accounts.example:8443": {"accounts.example", nil},
		"https://localhost":             {"localhost", nil},
		"http://localhost:8080":         {"localhost", nil},
		"http://accounts.example":       {"", rpid.ErrHTTP},
		"http://localhost.example":      {"", rpid.ErrHTTP},
		"https://192.0.2.1":             {"", rpid.ErrNoName},
		"http://127.0.0.1:8080":         {"", rpid.ErrNoName},
		"https://[2001:db8::1]:8443":    {"", rpid.ErrNoName},
		"https://":                      {"", rpid.ErrNoName},
	} {
		address, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		if id, err := rpid.Of(address); id != want.id || !errors.Is(err, want.err) {
			t.Errorf("%s: %q, %v, want %q, %v", base, id, err, want.id, want.err)
		}
	}
	if id, err := rpid.Of(nil); id != "" || !errors.Is(err, rpid.ErrNoName) {
		t.Errorf("no address: %q, %v", id, err)
	}
}
