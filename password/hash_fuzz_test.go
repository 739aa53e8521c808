package password

import "testing"

// A stored hash is parsed and written unchanged, or refused; a refused one matches nothing.
func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$ZVrRXqxlLcWfcXCnMyv0m4Rpvh/bnCi7")
	f.Add("$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm")
	f.Fuzz(func(t *testing.T, stored string) {
		if h, err := parsePHC(stored); err == nil {
			if h.String() != stored {
				t.Errorf("%q is spelt %q", stored, h.String())
			}
			return // computing it may take seconds
		}
		if match, _, err := cheap.Verify(stored, "x"); match && err != nil {
			t.Errorf("%q matches with %v", stored, err)
		}
	})
}
