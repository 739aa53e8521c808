package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"latchkey/internal/seal"
	"latchkey/internal/testkit"
)

func newKey(t *testing.T) *seal.Key {
	t.Helper()
	key, err := seal.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSealedSecretOpensOnlyInItsRowWithItsKey(t *testing.T) {
	testkit.Parallel(t)
	key, secret := newKey(t), []byte("a secret of an app")
	sealed := key.Seal(secret, "row 1")
	if opened, err := key.Open(sealed, "row 1"); err != nil || !bytes.Equal(opened, secret) {
		t.Errorf("opened %q: %v", opened, err)
	}
	if bytes.Contains(sealed, secret) || bytes.Equal(sealed, key.Seal(secret, "row 1")) {
		t.Error("it can be read, or recognized")
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another row": func() ([]byte, error) { return key.Open(sealed, "row 2") },
		"another key": func() ([]byte, error) { return newKey(t).Open(sealed, "row 1") },
		"changed":     func() ([]byte, error) { return key.Open(changed, "row 1") },
		"cut":         func() ([]byte, error) { return key.Open(sealed[:11], "row 1") },
		"empty":       func() ([]byte, error) { return key.Open(nil, "row 1") },
	} {
		if opened, err := open(); !errors.Is(err, seal.ErrOpen) || opened != nil {
			t.Errorf("%s: %q, %v", name, opened, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	testkit.Parallel(t)
	key := newKey(t)
	for _, text := range []string{key.Text(), strings.TrimSpace(key.Text()), strings.TrimRight(key.Text(), "=\n"), key.Text() + "\r\n"} {
		read, err := seal.ParseKey(text)
		if err != nil || read.ID() != key.ID() {
			t.Fatalf("%q: %v", text, err)
		}
		if _, err := read.Open(key.Seal([]byte("x"), "row"), "row"); err != nil {
			t.Errorf("%q opens nothing: %v", text, err)
		}
	}
	for _, text := range []string{"", "\n", "secret", key.Text() + key.Text(), key.Text()[4:], strings.Repeat("A", 1<<20), "!" + key.Text()} {
		if _, err := seal.ParseKey(text); !errors.Is(err, seal.ErrKey) {
			t.Errorf("%.50q: %v", text, err)
		}
	}
	if newKey(t).ID() == key.ID() {
		t.Error("two keys have the same id")
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	testkit.Parallel(t)
	key := newKey(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if printed := fmt.Sprintf(verb, key); printed != "key "+key.ID() {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
}
