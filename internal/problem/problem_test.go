package problem_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"latchkey/internal/problem"
)

func TestListIsOneLineForEachProblem(t *testing.T) {
	if got := (problem.List[error]{errors.New("a"), errors.New("b")}).Error(); got != "a\nb" {
		t.Errorf("got %q", got)
	}
}

func TestNearestIgnoresCaseAndKeepsItsDistance(t *testing.T) {
	known := []string{"LISTEN", "DATA", "DATABASE"}
	for word, want := range map[string]string{
		"LISTEM": "LISTEN", "listen": "LISTEN", "DATABESE": "DATABASE", "DAT": "DATA", "": "", "PORT": "",
		strings.Repeat("LISTEN", 1000): "",
	} {
		if got := problem.Nearest(word, known, 2); got != want {
			t.Errorf("%.20q: got %q, want %q", word, got, want)
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	type holder struct{ Password problem.Secret }
	h := holder{"canary"}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t"} {
		fmt.Fprintf(&out, verb+verb+verb, h, &h, h.Password)
	}
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		logger.Info("x", "holder", h, "pointer", &h, "password", h.Password)
	}
	text, err := json.Marshal(h)
	out.Write(text)
	out.WriteString(h.Password.GoString())
	if shown := strings.ToLower(out.String()); err != nil || strings.Contains(shown, "canary") || strings.Contains(shown, fmt.Sprintf("%x", "canary")) {
		t.Errorf("%v; printed:\n%s", err, shown)
	}
}

func TestAddressesThatNeedQuotesAreRefused(t *testing.T) {
	for address, ok := range map[string]bool{
		"ada@example.com": true, "o'hara+x@xn--bcher-kva.example": true, "!#$%&'*+-/=?^_`{|}~@example.com": true,
		"": false, "ada": false, "@example.com": false, "ada@": false, "a@b@c": false, "a b@c": false, "ada@exämple.com": false,
		"ada@example.com>\r\nRCPT TO:<eve@evil.example": false, strings.Repeat("a", 250) + "@example.com": false,
	} {
		if err := problem.CheckAddress(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}
