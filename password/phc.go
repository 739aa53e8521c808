package password

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"

	"golang.org/x/crypto/argon2"
)

// Bounds of what is verified or made. They keep a stored hash from taking the machine down.
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

// phcBase64 is base64 without padding that refuses stray bits, so that a hash has only one spelling.
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
	params, ok := parseParams(part[2], part[3], part[4])
	salt, saltErr := phcBase64.DecodeString(part[5])
	key, keyErr := phcBase64.DecodeString(part[6])
	if !ok || saltErr != nil || keyErr != nil {
		return phc{}, ErrHashFormat
	}
	return phc{Params: params, salt: salt, key: key}, nil
}

func parseParams(memory, time, threads string) (Params, bool) {
	m, errM := strconv.ParseUint(memory, 10, 32)
	t, errT := strconv.ParseUint(time, 10, 32)
	p, errP := strconv.ParseUint(threads, 10, 8)
	params := Params{Memory: uint32(m), Time: uint32(t), Threads: uint8(p)}
	return params, errM == nil && errT == nil && errP == nil && params.bearable()
}

// bearable also holds up the lower bounds of RFC 9106, section 3.1, which the library would silently change.
func (p Params) bearable() bool {
	return p.Time >= 1 && p.Time <= maxTime &&
		p.Threads >= 1 && p.Threads <= maxThreads &&
		p.Memory >= 8*uint32(p.Threads) && p.Memory <= maxMemory &&
		uint64(p.Memory)*uint64(p.Time) <= maxWork
}
