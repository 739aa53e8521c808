package seal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// maxKeys bounds the keys of a file. A rotation needs two.
const maxKeys = 4

// ParseKeys reads the keys of a key file, one a line. Empty lines are skipped.
func ParseKeys(text string) (keys []*Key, err error) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, err := ParseKey(line)
		if err != nil {
			return nil, fmt.Errorf("key %d %w", len(keys)+1, err)
		}
		if slices.ContainsFunc(keys, func(k *Key) bool { return k.ID() == key.ID() }) {
			return nil, fmt.Errorf("key %d is there twice", len(keys)+1)
		}
		if keys = append(keys, key); len(keys) > maxKeys {
			return nil, fmt.Errorf("there are more than %d keys", maxKeys)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key")
	}
	return keys, nil
}

// Source reads the keys that are there now, at least one.
type Source func() ([]*Key, error)

// Fixed is the source of keys that do not change.
func Fixed(keys ...*Key) Source { return func() ([]*Key, error) { return keys, nil } }

// Keyring finds keys, and reads its source again for one that it does not know, since another process may have added it. A key that
// was read stays usable. It is safe for concurrent use.
type Keyring struct {
	source Source
	mu     sync.Mutex
	known  map[string]*Key
}

// NewKeyring makes a keyring, which reads its source when it needs a key.
func NewKeyring(source Source) *Keyring { return &Keyring{source: source, known: map[string]*Key{}} }

// Read reads the source.
func (r *Keyring) Read() ([]*Key, error) {
	if r.source == nil {
		return nil, errors.New("there is no sealing key")
	}
	keys, err := r.source()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keys {
		r.known[key.ID()] = key
	}
	return keys, nil
}

// Key returns the key with the id, or [ErrOpen].
func (r *Keyring) Key(id string) (*Key, error) {
	if key := r.find(id); key != nil {
		return key, nil
	}
	if _, err := r.Read(); err != nil {
		return nil, err
	}
	if key := r.find(id); key != nil {
		return key, nil
	}
	return nil, fmt.Errorf("key %s is missing: %w", id, ErrOpen)
}

func (r *Keyring) find(id string) *Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[id]
}

// Open decrypts what one of the keys has sealed for the row, or returns [ErrOpen].
func (r *Keyring) Open(sealed []byte, row string) ([]byte, error) {
	key, err := r.Key(KeyID(sealed))
	if err != nil {
		return nil, err
	}
	return key.Open(sealed, row)
}
