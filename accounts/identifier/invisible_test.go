package identifier_test

import (
	"fmt"
	"strings"
	"testing"

	"latchkey/accounts/identifier"
	"latchkey/internal/testkit"
)

// TestInvisibleSymbolsInAddresses: whatever is not seen is refused in new addresses and named, since IDNA would leave it out.
func TestInvisibleSymbolsInAddresses(t *testing.T) {
	testkit.Parallel(t)
	for r := rune(0x80); r < 0xe1000; r++ {
		if 0xd800 <= r && r < 0xe000 || 0x20000 <= r && r < 0xe0000 { // half a pair; Han and nothing
			continue
		}
		email, err := identifier.ParseEmail("ada@exam" + string(r) + "ple.com")
		if err == nil && email.Key == "ada@example.com" {
			t.Errorf("%U in the domain is left out", r)
		}
	}
	for _, r := range "\u00ad\u034f\u115f\u180b\u200b\u200c\u200d\u200e\u202e\u2060\u2064\u3164\ufe0f\ufeff\uffa0\U000e0041\U000e0100" {
		for _, text := range []string{"ada@exam%cple.com", "ada@%cexample.com", "ada@example.%ccom", "ad%ca@example.com"} {
			_, err := identifier.ParseEmail(fmt.Sprintf(text, r))
			if err == nil || !strings.Contains(err.Error(), "symbol.invisible") {
				t.Errorf("%U in %s: %v", r, text, err)
			}
		}
	}
}
