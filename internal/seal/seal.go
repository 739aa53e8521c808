// Package seal encrypts what the program has to read again, such as the secrets of authenticator apps, with a key that is not in
// the database.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// IDSize is the length of the key's id in bytes, with which what was sealed begins.
const IDSize = 8

// Key is a secret key. It is safe for concurrent use.
type Key struct {
	aead cipher.AEAD
	mac  []byte // the key of MACs
	id   []byte
	text string
}

// ErrKey means that a text is not a key.
var ErrKey = errors.New("is not 32 bytes in base64")

// ErrOpen means that something was sealed with another key or for another row, or was changed since.
var ErrOpen = errors.New("cannot be opened with this key")

// NewKey makes a key.
func NewKey(random io.Reader) (*Key, error) {
	secret := make([]byte, KeySize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return newKey(secret)
}

// ParseKey reads a key from the text of a key file: base64, with or without padding and a line break at its end.
func ParseKey(text string) (*Key, error) {
	if len(text) > 4*KeySize {
		return nil, ErrKey
	}
	secret, err := base64.StdEncoding.WithPadding(base64.NoPadding).DecodeString(strings.TrimRight(strings.TrimSpace(text), "="))
	if err != nil || len(secret) != KeySize {
		return nil, ErrKey
	}
	return newKey(secret)
}

// Derive derives a key from another secret, which has at least 256 random bits, for one purpose.
func Derive(secret []byte, purpose string) (*Key, error) {
	derived, err := hkdf.Key(sha256.New, secret, nil, purpose, KeySize)
	if err != nil {
		return nil, err
	}
	return newKey(derived)
}

func newKey(secret []byte) (*Key, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	// Seals make their own nonces at random. With 96 bits these stay distinct for 2^32 seals (NIST SP 800-38D §8.3).
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "latchkey key id", IDSize)
	if err != nil {
		return nil, err
	}
	mac, err := hkdf.Key(sha256.New, secret, nil, "latchkey mac", sha256.Size)
	if err != nil {
		return nil, err
	}
	return &Key{aead: aead, mac: mac, id: id, text: base64.StdEncoding.EncodeToString(secret)}, nil
}

// ID distinguishes keys, and discloses nothing of them.
func (k *Key) ID() string { return hex.EncodeToString(k.id) }

// Text returns the key as it is written into a file.
func (k *Key) Text() string { return k.text + "\n" }

// Format prints a key without its secret, for every verb.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "key ", k.ID()) }

// Seal encrypts a secret for one row: moved to another, it cannot be opened. The result begins with the key's id.
func (k *Key) Seal(secret []byte, row string) []byte {
	return append(bytes.Clone(k.id), k.aead.Seal(nil, nil, secret, []byte(row))...)
}

// MAC returns the HMAC-SHA256 of a message, which only the owner of the key can make.
func (k *Key) MAC(message string) []byte {
	mac := hmac.New(sha256.New, k.mac)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

// KeyID returns the id of the key with which something was sealed.
func KeyID(sealed []byte) string { return hex.EncodeToString(sealed[:min(IDSize, len(sealed))]) }

// Open decrypts what was sealed for the row, or returns [ErrOpen].
func (k *Key) Open(sealed []byte, row string) ([]byte, error) {
	sealed, found := bytes.CutPrefix(sealed, k.id)
	if !found {
		return nil, ErrOpen
	}
	secret, err := k.aead.Open(nil, nil, sealed, []byte(row))
	if err != nil {
		return nil, ErrOpen
	}
	return secret, nil
}
