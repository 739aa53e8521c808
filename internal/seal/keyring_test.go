package seal_test

import (
	"errors"
	"strings"
	"testing"

	"latchkey/internal/seal"
	"latchkey/internal/testkit"
)

func TestKeysOfAFile(t *testing.T) {
	testkit.Parallel(t)
	first, second := newKey(t), newKey(t)
	keys, err := seal.ParseKeys("\n" + first.Text() + "\r\n" + strings.TrimSpace(second.Text()))
	if err != nil || len(keys) != 2 || keys[0].ID() != first.ID() || keys[1].ID() != second.ID() {
		t.Errorf("%v, %v", keys, err)
	}
	for name, text := range map[string]string{
		"none": "\n \n", "not a key": first.Text() + "secret\n", "twice": first.Text() + second.Text() + first.Text(),
		"five": first.Text() + second.Text() + newKey(t).Text() + newKey(t).Text() + newKey(t).Text(),
	} {
		keys, err := seal.ParseKeys(text)
		if err == nil || keys != nil {
			t.Errorf("%s: %v", name, keys)
		} else if strings.Contains(err.Error(), strings.TrimSpace(first.Text())) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the file: %v", name, err)
		}
	}
}

// TestKeyringLearnsAKey: another process may add a key to the file, and remove one that this process still needs.
func TestKeyringLearnsAKey(t *testing.T) {
	testkit.Parallel(t)
	former, next := newKey(t), newKey(t)
	now, reads := []*seal.Key{former}, 0
	ring := seal.NewKeyring(func() ([]*seal.Key, error) { reads++; return now, nil })
	opens := func(key *seal.Key) error {
		t.Helper()
		opened, err := ring.Open(key.Seal([]byte("a secret"), "row"), "row")
		if err == nil && string(opened) != "a secret" {
			t.Errorf("opened %q", opened)
		}
		return err
	}
	if err := opens(former); err != nil {
		t.Error(err)
	}
	if err := opens(next); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("a key that is not there: %v", err)
	}
	now = []*seal.Key{next}
	before := reads
	for _, key := range []*seal.Key{next, former, next} {
		if err := opens(key); err != nil {
			t.Error(err)
		}
	}
	if reads != before+1 {
		t.Errorf("the keys were read %d times", reads-before)
	}
	if _, err := ring.Open(nil, "row"); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("nothing: %v", err)
	}
}

func TestKeyringWithoutKeys(t *testing.T) {
	testkit.Parallel(t)
	failed := errors.New("it is away")
	for name, source := range map[string]seal.Source{"none": nil, "failing": func() ([]*seal.Key, error) { return nil, failed }} {
		if _, err := seal.NewKeyring(source).Open(newKey(t).Seal([]byte("x"), "row"), "row"); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}
