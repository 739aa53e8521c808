package mfa

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
)

// rfcSecret is the one of RFC 6238, appendix B, for SHA-1.
var rfcSecret = []byte("12345678901234567890")

// The vectors of RFC 6238, appendix B, have eight digits; the last six are the code of six digits (RFC 4226 §5.3).
func TestCodesOfRFC6238(t *testing.T) {
	testkit.Parallel(t)
	for seconds, code := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := totpCode(rfcSecret, stepAt(time.Unix(seconds, 0))); got != code[2:] {
			t.Errorf("at %d: %s, want %s", seconds, got, code[2:])
		}
	}
}

// The values of RFC 4226, appendix D.
func TestCodesOfRFC4226(t *testing.T) {
	testkit.Parallel(t)
	for step, code := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := totpCode(rfcSecret, int64(step)); got != code {
			t.Errorf("step %d: %s, want %s", step, got, code)
		}
	}
}

func TestTOTPIsAcceptedOnceAndAroundNow(t *testing.T) {
	testkit.Parallel(t)
	now := time.Unix(1_800_000_015, 0) // in the middle of a step
	present := stepAt(now)
	for _, c := range []struct {
		name     string
		step     int64
		lastUsed int64
		ok       bool
	}{
		{"the present one", present, 0, true},
		{"the one before", present - 1, 0, true},
		{"the next one", present + 1, 0, true},
		{"two steps before", present - 2, 0, false},
		{"two steps later", present + 2, 0, false},
		{"used already", present, present, false},
		{"before one that was used", present - 1, present, false},
		{"after one that was used", present + 1, present, true},
	} {
		if step, ok := matchTOTP(rfcSecret, totpCode(rfcSecret, c.step), c.lastUsed, now); ok != c.ok || ok && step != c.step {
			t.Errorf("%s: step %d, %v", c.name, step-present, ok)
		}
	}
	if _, ok := matchTOTP([]byte("another secret of 20"), totpCode(rfcSecret, present), 0, now); ok {
		t.Error("the code of another secret was accepted")
	}
}

func TestTypedTOTP(t *testing.T) {
	testkit.Parallel(t)
	for typed, want := range map[string]string{
		"123456": "123456", " 123 456 ": "123456", "123-456": "123456", "123\u202f456": "123456", "123\u00a0456\n": "123456",
		"": "", "12345": "", "1234567": "", "12345a": "", "１２３４５６": "", "+12345": "", "-12345": "", "123456\x00": "",
		strings.Repeat(" ", 64) + "123456": "",
	} {
		code, ok := parseTOTP(typed)
		if ok != (want != "") || ok && code != want {
			t.Errorf("%q: %q, %v", typed, code, ok)
		}
	}
}

func TestKeyURI(t *testing.T) {
	testkit.Parallel(t)
	for _, c := range []struct{ issuer, account, label string }{
		{"Latchkey", "ada", "Latchkey:ada"},
		{"Müller & Söhne + Co", "ada lovelace?/#", "Müller & Söhne + Co:ada lovelace?/#"},
		{"Latchkey", strings.Repeat("名", 64), "Latchkey:" + strings.Repeat("名", 19) + "…"},
	} {
		uri := keyURI(c.issuer, c.account, rfcSecret)
		parsed, err := url.Parse(uri)
		if err != nil || parsed.Scheme != "otpauth" || parsed.Host != "totp" || parsed.Path != "/"+c.label {
			t.Fatalf("%s: %v, %+v", uri, err, parsed)
		}
		secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(parsed.Query().Get("secret"))
		if err != nil || string(secret) != string(rfcSecret) || parsed.Query().Get("issuer") != c.issuer || strings.Contains(uri, "+") {
			t.Errorf("%s: secret %q, issuer %q, %v", uri, secret, parsed.Query().Get("issuer"), err)
		}
	}
}

func FuzzParseTOTP(f *testing.F) {
	for _, typed := range []string{"123456", "123 456", "", "\x00", "１２３４５６"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if code, ok := parseTOTP(typed); ok && (len(code) != totpDigits || strings.Trim(code, "0123456789") != "") {
			t.Errorf("%q became %q", typed, code)
		}
	})
}
