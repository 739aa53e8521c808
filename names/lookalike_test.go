package names

import "testing"

// alike reports whether one of two names may not be had beside the other.
func alike(a, b string) bool {
	one, other := LookOf(a, Fold(a)), LookOf(b, Fold(b))
	for _, skeleton := range one.Skeletons {
		for _, more := range other.Skeletons {
			if skeleton == more && one.BeyondASCII != other.BeyondASCII {
				return true
			}
		}
	}
	return false
}

func TestLookAlikes(t *testing.T) {
	for _, pair := range [][2]string{
		{"scope", "ѕсоре"}, {"SCOPE", "ѕсоре"}, {"hope", "НОРЕ"}, {"Hope", "НОРЕ"}, {"peace", "реасе"}, {"peace", "РЕАСЕ"},
		{"anna", "ΑΝΝΑ"}, {"vo", "νο"}, {"no", "ΝΟ"}, {"capa", "сара"}, {"ilik", "ılık"}, {"istanbul", "İstanbul"}, {"Istanbul", "i\u0307stanbul"},
		{"mü1o", "mü1о"}, {"ロ", "口"}, {"エ", "工"}, {"へ", "ヘ"}, {"0", "о"}, {"1", "І"}, {"aeon", "æon"}, {"ş", "ș"}, {"ǎ", "ă"},
		{"سلام٥", "سلام۵"}, {"user1", "usеr1"},
	} {
		if !alike(pair[0], pair[1]) || !alike(pair[1], pair[0]) {
			t.Errorf("%q does not look like %q", pair[0], pair[1])
		}
	}
}

// TestOrdinaryNamesDoNotLookAlike: what differs in ASCII alone is a name of its own, serial names above all; so are letters
// with other marks, and names that are the same but for case, which are refused as such.
func TestOrdinaryNamesDoNotLookAlike(t *testing.T) {
	for _, pair := range [][2]string{
		{"anna1", "annal"}, {"anna1", "annaI"}, {"mueller.m", "mueller.rn"}, {"user10", "userlO"}, {"user10", "user1O"}, {"vv", "w"}, {"Ilse", "llse"},
		{"müller1", "müllerl"}, {"müller.m", "müller.rn"}, {"müller0", "müllerO"}, {"weiß1", "weißl"}, {"名前1", "名前l"}, {"jose", "josé"},
		{"müller", "muller"}, {"müller", "mueller"}, {"müller", "mûller"}, {"ülker", "ulker"}, {"Γιάννης", "ΓΙΆΝΝΗΣ"}, {"straße", "STRASSE"},
		{"иван1", "иван2"}, {"иван", "ивана"}, {"đorđe", "dorde"}, {"łukasz", "lukasz"}, {"søren", "soren"}, {"ngô", "ngo"},
	} {
		if alike(pair[0], pair[1]) {
			t.Errorf("%q looks like %q", pair[0], pair[1])
		}
	}
}
