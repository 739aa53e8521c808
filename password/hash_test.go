package password

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

var cheap = Params{Memory: 64, Time: 1, Threads: 1}

func TestHashThenVerify(t *testing.T) {
	stored, err := cheap.Hash(rand.Reader, "pässword")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%s, %v", stored, err)
	}
	for _, test := range []struct {
		params        Params
		password      string
		match, rehash bool
	}{
		{cheap, "pässword", true, false},
		{cheap, "password", false, false},
		{cheap, "", false, false},
		{Params{64, 2, 1}, "pässword", true, true},
		{Params{128, 1, 1}, "pässword", true, true},
		{Params{64, 1, 2}, "pässword", true, true},
		{Params{64, 2, 1}, "password", false, false}, // nothing to hash again
	} {
		match, rehash, err := test.params.Verify(stored, test.password)
		if match != test.match || rehash != test.rehash || err != nil {
			t.Errorf("%+v: %v, %v, %v", test, match, rehash, err)
		}
	}
}

func TestHashesDifferBySalt(t *testing.T) {
	one, _ := cheap.Hash(rand.Reader, "x")
	two, _ := cheap.Hash(rand.Reader, "x")
	if one == two {
		t.Error("two hashes with one salt")
	}
	if _, err := cheap.Hash(bytes.NewReader(make([]byte, 15)), "x"); err == nil {
		t.Error("a salt that is too short")
	}
}

// Equal passwords have equal hashes under one salt, whatever the program's parameters are now.
func TestHashLike(t *testing.T) {
	stored, err := Params{Memory: 128, Time: 2, Threads: 1}.Hash(rand.Reader, "pässword")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := HashLike(stored, "pässword"); again != stored || err != nil {
		t.Errorf("%s, %v; want %s", again, err, stored)
	}
	other, err := HashLike(stored, "password")
	if prefix := stored[:strings.LastIndexByte(stored, '$')]; other == stored || !strings.HasPrefix(other, prefix) || err != nil {
		t.Errorf("another password: %s, %v", other, err)
	}
	if match, _, err := cheap.Verify(other, "password"); !match || err != nil {
		t.Errorf("it is verified: %v, %v", match, err)
	}
	for _, stored := range []string{"", "$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm", strings.Repeat("0", 64)} {
		if hash, err := HashLike(stored, "password"); hash != "" || !errors.Is(err, ErrHashFormat) {
			t.Errorf("like %q: %q, %v", stored, hash, err)
		}
	}
}

// The keys are from the reference implementation for "password" and "somesalt", 24 bytes long, as in the tests of
// golang.org/x/crypto/argon2.
func TestVerifyReferenceHashes(t *testing.T) {
	for params, key := range map[string]string{
		"m=64,t=1,p=1":   "655ad15eac652dc59f7170a7332bf49b8469be1fdb9c28bb",
		"m=64,t=2,p=2":   "350ac37222f436ccb5c0972f1ebd3bf6b958bf2071841362",
		"m=256,t=3,p=2":  "4668d30ac4187e6878eedeacf0fd83c5a0a30db2cc16ef0b",
		"m=4096,t=4,p=4": "145db9733a9f4ee43edf33c509be96b934d505a4efb33c5a",
	} {
		raw, err := hex.DecodeString(key)
		if err != nil {
			t.Fatal(err)
		}
		stored := "$argon2id$v=19$" + params + "$c29tZXNhbHQ$" + phcBase64.EncodeToString(raw)
		if match, rehash, err := cheap.Verify(stored, "password"); !match || !rehash || err != nil {
			t.Errorf("%s: %v, %v, %v", stored, match, rehash, err)
		}
	}
}

func TestVerifyBcrypt(t *testing.T) {
	// made by crypt(3) of glibc's successor libxcrypt with the salt $2b$04$abcdefghijklmnopqrstuu
	const rest = "$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm"
	for _, revision := range []string{"$2a", "$2b", "$2y"} {
		if match, rehash, err := cheap.Verify(revision+rest, "password"); !match || !rehash || err != nil {
			t.Errorf("%s: %v, %v, %v", revision, match, rehash, err)
		}
		if match, rehash, err := cheap.Verify(revision+rest, "Password"); match || rehash || err != nil {
			t.Errorf("%s, wrong password: %v, %v, %v", revision, match, rehash, err)
		}
	}
}

// bcrypt hashes 72 bytes. The library's comparison ignores the rest; Verify must not.
func TestBcryptNeverMatchesLongerPasswords(t *testing.T) {
	exact := strings.Repeat("x", 72)
	stored, err := bcrypt.GenerateFromPassword([]byte(exact), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	if err := bcrypt.CompareHashAndPassword(stored, []byte(exact+"y")); err != nil {
		t.Error("the library does not cut any more; the test below is then about nothing")
	}
	if match, _, err := cheap.Verify(string(stored), exact); !match || err != nil {
		t.Errorf("72 bytes: %v, %v", match, err)
	}
	if match, rehash, err := cheap.Verify(string(stored), exact+"y"); match || rehash || err != nil {
		t.Errorf("73 bytes: %v, %v, %v", match, rehash, err)
	}
}

func TestVerifyRefusesUnknownFormats(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "ZVrRXqxlLcWfcXCnMyv0m4Rpvh/bnCi7"
	for name, stored := range map[string]string{
		"nothing":           "",
		"clear text":        "password",
		"argon2i":           "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG",
		"old version":       "$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"no version":        "$argon2id$m=64,t=1,p=1$" + salt + "$" + key,
		"order":             "$argon2id$v=19$t=1,m=64,p=1$" + salt + "$" + key,
		"leading zero":      "$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + key,
		"no passes":         "$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"no lanes":          "$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key,
		"257 lanes":         "$argon2id$v=19$m=65536,t=1,p=257$" + salt + "$" + key,
		"too little memory": "$argon2id$v=19$m=8,t=1,p=2$" + salt + "$" + key,
		"2 GiB":             "$argon2id$v=19$m=2097152,t=1,p=1$" + salt + "$" + key,
		"4 TiB":             "$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"over 32 bits":      "$argon2id$v=19$m=9999999999,t=1,p=1$" + salt + "$" + key,
		"a billion passes":  "$argon2id$v=19$m=64,t=1000000000,p=1$" + salt + "$" + key,
		"1 GiB 32 times":    "$argon2id$v=19$m=1048576,t=32,p=1$" + salt + "$" + key,
		"short key":         "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$YWJj",
		"no key":            "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"padding":           "$argon2id$v=19$m=64,t=1,p=1$" + salt + "=$" + key,
		"stray bits":        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHR$" + key,
		"line feed":         "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "\n",
		"bcrypt $2x$":       "$2x$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
		"bcrypt cut":        "$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzd",
		"bcrypt cost 3":     "$2b$03$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
		"bcrypt cost 31":    "$2b$31$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm",
		"bcrypt alphabet":   "$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb+Jzdm",
	} {
		if match, rehash, err := cheap.Verify(stored, "password"); match || rehash || !errors.Is(err, ErrHashFormat) {
			t.Errorf("%s: %v, %v, %v", name, match, rehash, err)
		}
	}
}

func TestHashRefusesParamsOutOfBounds(t *testing.T) {
	for _, p := range []Params{{}, {64, 0, 1}, {64, 1, 0}, {7, 1, 1}, {1 << 21, 1, 1}, {64, 33, 1}} {
		if _, err := p.Hash(rand.Reader, "x"); !errors.Is(err, ErrParams) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if !DefaultParams.withinLimits() {
		t.Error("the default is refused")
	}
}
