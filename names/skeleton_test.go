package names

import "testing"

// conflict reports whether the names cannot both be taken.
func conflict(a, b string) bool {
	for _, one := range SkeletonsOf(a, Fold(a)) {
		for _, other := range SkeletonsOf(b, Fold(b)) {
			if one.Text == other.Text && one.DiffersBy != other.DiffersBy {
				return true
			}
		}
	}
	return false
}

func TestConfusable(t *testing.T) {
	for _, pair := range [][2]string{
		{"scope", "ѕсоре"}, {"SCOPE", "ѕсоре"}, {"hope", "НОРЕ"}, {"Hope", "НОРЕ"}, {"peace", "реасе"}, {"peace", "РЕАСЕ"},
		{"anna", "ΑΝΝΑ"}, {"vo", "νο"}, {"no", "ΝΟ"}, {"capa", "сара"}, {"ilik", "ılık"}, {"istanbul", "İstanbul"}, {"Istanbul", "i\u0307stanbul"},
		{"mü1o", "mü1о"}, {"ロ", "口"}, {"エ", "工"}, {"へ", "ヘ"}, {"0", "о"}, {"1", "І"}, {"aeon", "æon"}, {"ş", "ș"}, {"ǎ", "ă"},
		{"سلام٥", "سلام۵"}, {"user1", "usеr1"},
		{"paypal", "paypaI"}, {"anna1", "annal"}, {"anna1", "annaI"}, {"user10", "userlO"}, {"Ilse", "llse"}, {"modern", "modem"}, {"müller1", "müllerl"},
		{"user@apple.com", "user@аррӏе.com"}, {"user@exa.org", "user@еха.org"}, {"user@müller.de", "user@mülIer.de"},
	} {
		if !conflict(pair[0], pair[1]) || !conflict(pair[1], pair[0]) {
			t.Errorf("%q is not confusable with %q", pair[0], pair[1])
		}
	}
}

// TestOrdinaryNamesAreNotConfusable: serial names are names of their own, and so are letters with other marks, and names that
// are the same but for case, which are refused as such.
func TestOrdinaryNamesAreNotConfusable(t *testing.T) {
	for _, pair := range [][2]string{
		{"user1", "user2"}, {"user10", "user1o"}, {"user01", "user10"}, {"vv", "w"}, {"ilse", "llse"}, {"anna.i", "anna.l"}, {"müller0", "müllero"}, {"jose", "josé"},
		{"müller", "muller"}, {"müller", "mueller"}, {"müller", "mûller"}, {"ülker", "ulker"}, {"Γιάννης", "ΓΙΆΝΝΗΣ"}, {"straße", "STRASSE"},
		{"иван1", "иван2"}, {"иван", "ивана"}, {"đorđe", "dorde"}, {"łukasz", "lukasz"}, {"søren", "soren"}, {"ngô", "ngo"},
	} {
		if conflict(pair[0], pair[1]) {
			t.Errorf("%q is confusable with %q", pair[0], pair[1])
		}
	}
}
