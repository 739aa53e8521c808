package mfa

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the hash of all authenticator apps; HMAC does not need collision resistance
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"latchkey/accounts/credential"
)

// What authenticator apps compute if the key's address says nothing else (RFC 6238 §4 and §5.3).
const (
	totpPeriod = 30 * time.Second
	totpDigits = 6
	totpWindow = 1  // steps before and after the present one that are accepted (RFC 6238 §5.2)
	secretSize = 20 // bytes: the length of the hash (RFC 4226 §4, R6)
)

// stepAt returns the number of the time step (RFC 6238 §4.2).
func stepAt(at time.Time) int64 { return at.Unix() / int64(totpPeriod/time.Second) }

// totpCode computes the code of a step (RFC 4226 §5.3).
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, number%1_000_000)
}

// matchTOTP returns the step to which a code belongs. A step that is not later than the last used one does not count, so that each
// code works once (RFC 6238 §5.2). All steps are compared, whichever matches.
func matchTOTP(secret []byte, code string, lastUsed int64, now time.Time) (step int64, ok bool) {
	present := stepAt(now)
	for candidate := present - totpWindow; candidate <= present+totpWindow; candidate++ {
		same := subtle.ConstantTimeCompare([]byte(totpCode(secret, candidate)), []byte(code)) == 1
		if same && candidate > lastUsed {
			step, ok = candidate, true
		}
	}
	return step, ok
}

// parseTOTP drops the spaces and dashes of a typed code, and reports whether it has the form of one.
func parseTOTP(typed string) (code string, ok bool) {
	code, ok = credential.JoinCode(typed)
	return code, ok && len(code) == totpDigits && strings.Trim(code, "0123456789") == ""
}

// secretText writes a secret as it is typed into an app.
func secretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// CodeAt returns the code that an app with the secret, in base32, shows at a time. The demo has such apps.
func CodeAt(secret string, at time.Time) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	return totpCode(key, stepAt(at)), err
}

// maxLabel is how many characters of the account's name an app shows: a longer one would make the QR code too fine to scan.
const maxLabel = 20

// keyURI returns the address that a QR code hands to an app. Apps take the values of this package as their defaults, and some refuse
// addresses that spell them out.
func keyURI(issuer, account string, secret []byte) string {
	if name := []rune(account); len(name) > maxLabel {
		account = string(name[:maxLabel-1]) + "…"
	}
	return "otpauth://totp/" + escape(issuer) + ":" + escape(account) + "?secret=" + secretText(secret) + "&issuer=" + escape(issuer)
}

// escape writes spaces as %20, since apps show a + as it is.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
