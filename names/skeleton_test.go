package names

import "testing"

// conflict reports whether one of two names is refused beside the other.
func conflict(a, b string) bool {
	one, other := SkeletonsOf(a, Fold(a)), SkeletonsOf(b, Fold(b))
	for _, skeleton := range one.Forms {
		for _, more := range other.Forms {
			if skeleton == more && one.BeyondASCII != other.BeyondASCII {
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
	} {
		if !conflict(pair[0], pair[1]) || !conflict(pair[1], pair[0]) {
			t.Errorf("%q is not confusable with %q", pair[0], pair[1])
		}
	}
}

// TestOrdinaryNamesAreNotConfusable: what differs in ASCII alone is a name of its own, serial names above all; so are letters
// with other marks, and names that are the same but for case, which are refused as such.
func TestOrdinaryNamesAreNotConfusable(t *testing.T) {
	for _, pair := range [][2]string{
		{"anna1", "annal"}, {"anna1", "annaI"}, {"mueller.m", "mueller.rn"}, {"user10", "userlO"}, {"user10", "user1O"}, {"vv", "w"}, {"Ilse", "llse"},
		{"müller1", "müllerl"}, {"müller.m", "müller.rn"}, {"müller0", "müllerO"}, {"weiß1", "weißl"}, {"名前1", "名前l"}, {"jose", "josé"},
		{"müller", "muller"}, {"müller", "mueller"}, {"müller", "mûller"}, {"ülker", "ulker"}, {"Γιάννης", "ΓΙΆΝΝΗΣ"}, {"straße", "STRASSE"},
		{"иван1", "иван2"}, {"иван", "ивана"}, {"đorđe", "dorde"}, {"łukasz", "lukasz"}, {"søren", "soren"}, {"ngô", "ngo"},
	} {
		if conflict(pair[0], pair[1]) {
			t.Errorf("%q is confusable with %q", pair[0], pair[1])
		}
	}
}
