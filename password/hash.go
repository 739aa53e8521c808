package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Params is the cost of an argon2id hash (RFC 9106, section 3.1).
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8  // lanes
}

// DefaultParams is the second choice of the OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
var DefaultParams = Params{19456, 2, 1}

// Errors of hashing. Neither reveals anything about the password.
var (
	ErrHashFormat = errors.New("password: stored hash has an unknown format or parameters out of bounds")
	ErrParams     = errors.New("password: hash parameters out of bounds")
)

const (
	saltBytes = 16 // RFC 9106, section 3.1
	keyBytes  = 32

	// bcryptBytes is how much of a password bcrypt hashes; it ignores the rest.
	bcryptBytes = 72
)

// Hash returns the argon2id hash of a normalised password in PHC form, with a salt read from rand. Errors:
// [ErrParams], or that of rand.
func (p Params) Hash(rand io.Reader, normalized string) (string, error) {
	if !p.withinLimits() {
		return "", ErrParams
	}
	h := phc{Params: p, salt: make([]byte, saltBytes)}
	if _, err := io.ReadFull(rand, h.salt); err != nil {
		return "", fmt.Errorf("password: salt: %w", err)
	}
	h.key = h.derive(normalized, keyBytes)
	return h.String(), nil
}

// Verify reports whether a normalised password matches a stored hash, argon2id in PHC form or bcrypt ($2a$, $2b$, $2y$), and
// after a match whether it should be hashed again: it is bcrypt, or its parameters differ from p. Comparison takes constant
// time. The error is [ErrHashFormat], also for parameters that would take minutes or gigabytes.
//
// bcrypt ignores everything after 72 bytes. A longer password never matches a bcrypt hash here, because passwords with the
// same beginning would match too; it costs the same work.
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
	upToDate := h.Params == p && len(h.salt) == saltBytes && len(h.key) == keyBytes
	return match, match && !upToDate, nil
}

// HashLike returns the hash of a normalised password with the salt and the parameters of a stored one in PHC form. So the hashes of equal
// passwords are equal, and can be looked up. The error is [ErrHashFormat].
func HashLike(stored, normalized string) (string, error) {
	h, err := parsePHC(stored)
	if err != nil {
		return "", err
	}
	h.key = h.derive(normalized, uint32(len(h.key)))
	return h.String(), nil
}

func (h phc) derive(normalized string, size uint32) []byte {
	return argon2.IDKey([]byte(normalized), h.salt, h.Time, h.Memory, h.Threads, size)
}

// bcryptForm is stricter than the library, which accepts any revision letter. Costs above 15 take seconds each.
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

// Limits of the parameters. They keep a stored hash from exhausting the machine.
const (
	maxMemory  = 1 << 20 // KiB: 1 GiB
	maxTime    = 32
	maxThreads = 64
	maxWork    = 4 << 20 // memory × passes, KiB: seconds, not minutes
)

// phc is an argon2id hash in the PHC string format (github.com/P-H-C/phc-string-format).
type phc struct {
	Params
	salt, key []byte
}

var phcForm = regexp.MustCompile(
	`^\$argon2id\$v=(\d{1,3})\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$`)

// phcBase64 is unpadded base64 that refuses stray bits, so that a hash has only one encoding.
var phcBase64 = base64.RawStdEncoding.Strict()

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.Memory, h.Time, h.Threads,
		phcBase64.EncodeToString(h.salt), phcBase64.EncodeToString(h.key))
}

func parsePHC(stored string) (phc, error) {
	part := phcForm.FindStringSubmatch(stored)
	if part == nil || part[1] != strconv.Itoa(argon2.Version) {
		return phc{}, ErrHashFormat
	}
	m, errM := strconv.ParseUint(part[2], 10, 32)
	t, errT := strconv.ParseUint(part[3], 10, 32)
	p, errP := strconv.ParseUint(part[4], 10, 8)
	salt, errSalt := phcBase64.DecodeString(part[5])
	key, errKey := phcBase64.DecodeString(part[6])
	h := phc{Params{Memory: uint32(m), Time: uint32(t), Threads: uint8(p)}, salt, key}
	if errors.Join(errM, errT, errP, errSalt, errKey) != nil || !h.withinLimits() {
		return phc{}, ErrHashFormat
	}
	return h, nil
}

// withinLimits also enforces the lower bounds of RFC 9106, section 3.1, which the library would silently raise to.
func (p Params) withinLimits() bool {
	return p.Time >= 1 && p.Time <= maxTime &&
		p.Threads >= 1 && p.Threads <= maxThreads &&
		p.Memory >= 8*uint32(p.Threads) && p.Memory <= maxMemory &&
		uint64(p.Memory)*uint64(p.Time) <= maxWork
}
