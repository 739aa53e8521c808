package password

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Params are the cost of an argon2id hash (RFC 9106, section 3.1).
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8  // lanes
}

// DefaultParams is the second choice of the OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
var DefaultParams = Params{19456, 2, 1}

// Errors of hashing. Neither says anything about the password.
var (
	ErrHashFormat = errors.New("password: stored hash has an unknown form or absurd parameters")
	ErrParams     = errors.New("password: hash parameters out of bounds")
)

const (
	saltBytes = 16 // RFC 9106, section 3.1
	keyBytes  = 32

	// bcryptBytes is all that bcrypt looks at; what stands behind is not part of the hash.
	bcryptBytes = 72
)

// Hash returns the argon2id hash of a normalised password in PHC form, with a fresh salt read from rand. Errors:
// [ErrParams], or what rand returned.
func (p Params) Hash(rand io.Reader, normalized string) (string, error) {
	if !p.bearable() {
		return "", ErrParams
	}
	h := phc{Params: p, salt: make([]byte, saltBytes)}
	if _, err := io.ReadFull(rand, h.salt); err != nil {
		return "", fmt.Errorf("password: salt: %w", err)
	}
	h.key = h.derive(normalized, keyBytes)
	return h.String(), nil
}

// Verify reports whether a normalised password belongs to a stored hash, argon2id in PHC form or bcrypt ($2a$, $2b$,
// $2y$), and after a match whether it should be hashed anew: it is bcrypt, or its parameters differ from p. Comparison
// takes constant time. The error is [ErrHashFormat]; parameters that would take minutes or gigabytes count as such.
//
// bcrypt ignores everything behind 72 bytes. A longer password never matches a bcrypt hash here, as it cannot be told
// from others that begin the same; it costs the same work.
func (p Params) Verify(stored, normalized string) (match, rehash bool, err error) {
	if strings.HasPrefix(stored, "$2") {
		match, err = verifyBcrypt(stored, normalized)
		return match, match, err
	}
	h, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	key := h.derive(normalized, uint32(len(h.key)))
	match = subtle.ConstantTimeCompare(key, h.key) == 1
	return match, match && !h.madeWith(p), nil
}

func (h phc) derive(normalized string, size uint32) []byte {
	return argon2.IDKey([]byte(normalized), h.salt, h.Time, h.Memory, h.Threads, size)
}

func (h phc) madeWith(p Params) bool {
	return h.Params == p && len(h.salt) == saltBytes && len(h.key) == keyBytes
}

// bcryptForm is stricter than the library, which takes any revision letter. Costs above 15 take seconds each.
var bcryptForm = regexp.MustCompile(`^\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$`)

func verifyBcrypt(stored, normalized string) (bool, error) {
	if !bcryptForm.MatchString(stored) {
		return false, ErrHashFormat
	}
	err := bcrypt.CompareHashAndPassword([]byte(stored), []byte(normalized))
	if err != nil && !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, ErrHashFormat
	}
	return err == nil && len(normalized) <= bcryptBytes, nil
}
