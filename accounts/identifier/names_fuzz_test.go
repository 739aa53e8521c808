package identifier_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
)

// A name has one key, however it is written, or it is refused.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{
		"", "Ada", "ada.lovelace_1815-x+y", "JOSÉ", "Jose\u0301", "ＡＤＡ", "Straße", "ΑΣ", "ασ", "ας", "İstanbul", "ılık", "Иван", "名前", "عمر", "ﬁsh", "ǆ", "pаypal",
		"<b>", "a/b", "a;b", "a'b", "a%b", "①", "x²", "😀", "a\u200db", "a\u202eb", " a", "a\x00", "\xff", "\u1e9b\u0323", "ｶﾞ", "각", "가\u11a8", "\u0390", "\u1fd3", "K", "Å", "ſ", "ada@example.com", "ａ＠ｂ．ｃ",
		strings.Repeat("é", 64), strings.Repeat("e\u0301", 64), strings.Repeat("x", 65), "ᏸᏰ", "ꭰꭺ", "Ꭰ", "ა", "ᲐᲑ", "١٢", "۱۲", "a\u0345", "ͅ", "1\u0660",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key, err := identifier.NameKey(name)
		if err != nil {
			if key != "" || !isFieldError(err, "name") {
				t.Errorf("%+q is refused with the key %+q and %v", name, key, err)
			}
			return
		}
		wantStorable(t, name)
		wantStorable(t, key)
		if strings.ContainsFunc(key, notOfNames) {
			t.Errorf("%+q has the key %+q, with signs that are in no name", name, key)
		}
		if again, err := identifier.NameKey(key); again != key || err != nil {
			t.Errorf("%+q has the key %+q, and that the key %+q, %v", name, key, again, err)
		}
		for _, written := range []string{norm.NFC.String(name), norm.NFD.String(name), norm.NFC.String(norm.NFD.String(name)), otherCase(name), wide(name), wide(otherCase(norm.NFD.String(name)))} {
			// One that is refused is no second account: some are too long in this way of writing.
			if other, err := identifier.NameKey(written); err == nil && other != key {
				t.Errorf("%+q has the key %+q, but as %+q %+q", name, key, written, other)
			}
		}
	})
}

// isFieldError reports whether err is about this field and no other.
func isFieldError(err error, field string) bool {
	var invalid *core.ValidationError
	return errors.As(err, &invalid) && len(invalid.Fields) == 1 && invalid.Fields[0].Field == field
}

// wantStorable checks that a name or its key is valid text of 1 to 64 characters without spaces and invisible characters.
func wantStorable(t *testing.T, text string) {
	t.Helper()
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	if n := utf8.RuneCountInString(norm.NFC.String(text)); n == 0 || n > 64 || !utf8.ValidString(text) || strings.ContainsFunc(text, odd) {
		t.Errorf("%+q was taken", text)
	}
}

func notOfNames(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune("._-@+", r)
}

// otherCase writes letters in the other case, where that has one letter for each and leads back.
func otherCase(text string) string {
	return strings.Map(func(r rune) rune {
		for _, other := range []rune{unicode.ToUpper(r), unicode.ToLower(r)} {
			if other != r && (unicode.ToUpper(other) == r || unicode.ToLower(other) == r) {
				return other
			}
		}
		return r
	}, text)
}

// wide writes ASCII in the full-width letters of East Asian fonts.
func wide(text string) string {
	return strings.Map(func(r rune) rune {
		if '!' <= r && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, text)
}

// An address that is taken is one that a mail server takes as it stands, however it is written.
func FuzzEmails(f *testing.F) {
	for _, seed := range []string{
		"Ada.L+x@Example.COM", " ada@example.com ", "ada@müller.example", "ADA@MÜLLER.example", "ada@mu\u0308ller.example", "o'hara!#$%&@a.example", "ada@ｅｘａｍｐｌｅ.com",
		"ada@xn--mller-kva.example", "ada@faß.de", "ada@\u200d.example", "ada@example。com", "ada@1.2.3.4", "ada@xn--a", "ada@xn--ls8h.la", "ada@💩.la", "a@b", "ada@exam_ple.com", "\"a b\"@example.com",
		"ada@example.com\r\nBcc: eve@evil.example", "ada\x00@example.com", "<ada@example.com>", "a@b@c", "ada@\xff.com", "ada@example.com.", "İ@example.com", "\u212a@example.com", "ada@\u212a.com",
		strings.Repeat("x", 64) + "@" + strings.Repeat("x.", 94) + "x", "ada@" + strings.Repeat("ü", 60) + ".example", "ada@" + strings.Repeat("x", 64) + ".com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, err := identifier.ParseEmail(text)
		if err != nil {
			if email != (identifier.Email{}) || !isFieldError(err, "email") {
				t.Errorf("%+q is refused with %+v and %v", text, email, err)
			}
			return
		}
		wantDeliverable(t, email.Wire)
		wantDeliverable(t, email.Key)
		if !utf8.ValidString(email.Typed) || strings.ContainsFunc(email.Typed, unicode.IsControl) || email.Key != strings.ToLower(email.Wire) {
			t.Errorf("%+q became %+v", text, email)
		}
		for _, written := range []string{email.Typed, email.Key, email.Wire, strings.ToUpper(email.Wire), " " + text + "\t"} {
			if keys, err := identifier.Keys(written); err != nil || !slices.Equal(keys, []string{email.Key}) {
				t.Errorf("%+q has the key %q, but as %+q %q, %v", text, email.Key, written, keys, err)
			}
		}
	})
}

// wantDeliverable requires an address of RFC 5321 §4.1.2 without quotes and address literals, which an SMTP envelope takes as it is.
func wantDeliverable(t *testing.T, address string) {
	t.Helper()
	local, domain, _ := strings.Cut(address, "@")
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\,;:"@`, r) }
	if local == "" || len(local) > 64 || domain == "" || len(address) > 254 || strings.ContainsFunc(local+domain, odd) {
		t.Errorf("%+q was taken", address)
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 { // RFC 1035 §2.3.4
			t.Errorf("%+q was taken, with the label %q", address, label)
		}
	}
}
