package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"latchkey/models"
	"latchkey/names"
)

// list reads the ids of all accounts that match a filter, except Default.
func (f *fixture) list(filter models.AccountFilter) []string {
	f.Helper()
	filter.Limit = 10_000
	page := must(f.read().ListAccounts(filter))(f)
	if count := must(f.read().CountAccounts(filter, 10_000))(f); count != int64(len(page.Rows)) {
		f.Errorf("%+v shows %d accounts and counts %d", filter, len(page.Rows), count)
	}
	return slices.DeleteFunc(idsOf(page.Rows), func(id string) bool { return id == models.DefaultOrganizationID })
}

func TestSearchIsLiteral(t *testing.T) {
	shown := []string{
		"ada", "ad%a", "ad_a", `ad\a`, "adxa", "a'b", `a"b`, "a''b", "100%", "müller", "mueller", "名前テスト", "é", "a*b", "a-b",
		"and or", "%%%", "___", `\\\`,
	}
	searches := []string{
		"a", "ad", "ada", "d%a", "%", "_", `\`, "d_a", `d\a`, "ad%a", `ad\%a`, "'", `"`, "a'b", `a"b`, "''", "ü", "mü", "müll",
		"名", "名前テ", "é", "ue", "a*b", "a-b", "and or", " or ", "%%%", "___", `\\\`, "100%", "NEAR", "xyz", "a%b",
	}
	each(t, func(t *testing.T, f *fixture) {
		for i, name := range shown {
			f.account(models.Account{ID: fmt.Sprint("a", i), NameKey: name, EmailKey: fmt.Sprintf("%d@mail.test", i)})
		}
		for _, text := range searches {
			var want []string
			for i, name := range shown {
				if found(fmt.Sprintf("%s %d@mail.test", name, i), text) {
					want = append(want, fmt.Sprint("a", i))
				}
			}
			if got := f.list(models.AccountFilter{Search: text}); !sameSet(got, want) {
				t.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
	})
}

// found reports whether a search finds an account by what it shows: words of three letters or more anywhere in a word, others where one begins.
func found(shown, typed string) bool {
	text := names.SearchText(shown, "", "")
	return !slices.ContainsFunc(strings.Fields(typed), func(word string) bool { return !strings.Contains(text, names.SearchTerm(word)) })
}

// TestSearchFindsWords: every word is found anywhere, in any order; many of them cost no more conditions.
func TestSearchFindsWords(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		named := f.account(models.Account{NameKey: "ab3481", DisplayName: "Anna Becker", ExternalID: "C-10423"}).ID
		plain := f.account(models.Account{NameKey: "anna.becker", ExternalID: "c-104"}).ID
		other := f.account(models.Account{NameKey: "anna.meier", DisplayName: "Annabeck Meier"}).ID
		for text, want := range map[string][]string{
			"anna becker": {named, plain}, "becker anna": {named, plain}, "ker  an": {named, plain}, "anna becker ab": {named},
			"c-10423": {named}, "c-104": {named, plain}, "anna 10423": {named}, "anna becker q": nil, "anna.becker": {plain},
			"a b c 1 ab": {named}, "an be": {named, plain}, "nn": nil, "m": {other},
			strings.Repeat("anna becker ", 200) + "c-10423": {named}, many(400) + "anna": nil, named: {named}, strings.ToUpper(named) + " ann": {named},
			named + " meier": nil,
		} {
			if got := f.list(models.AccountFilter{Search: text}); !sameSet(got, want) {
				t.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
		if got := f.list(models.AccountFilter{Search: " "}); len(got) != 3 {
			t.Errorf("spaces alone find %v", got)
		}
		for id, want := range map[string][]string{"C-10423": {named}, "c-10423": nil, "C-104": nil, "c-104": {plain}} {
			if got := f.list(models.AccountFilter{ExternalID: id}); !sameSet(got, want) {
				t.Errorf("the external id %q is of %v, want %v", id, got, want)
			}
		}
	})
}

// many returns so many different words.
func many(count int) (text string) {
	for i := range count {
		text += fmt.Sprintf("w%d ", i)
	}
	return text
}

// TestRowsAreFoundByTheirCells: the texts of a row's cells find that row alone, however many share each of them, in upper case and in the other
// normal form; each text alone finds it among all that share it. It is found in the list of everyone and in that of its organization.
func TestRowsAreFoundByTheirCells(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		first := []string{"Zoë", "İlker", "Søren", "Straße", "Γιάννης", "Łukasz", "Jǰana"}
		owners := []string{"Größe & Söhne", "Größe.İstanbul"}
		owned := map[string]string{} // the ids of organizations
		for _, name := range owners {
			owned[name] = f.account(models.Account{Kind: models.Organization, Name: name, NameKey: name, Email: name + "@größe.example", EmailKey: "office@" + name}).ID
		}
		cells := map[string][]string{} // by id
		organization := map[string]string{}
		for i := range 2 * len(first) {
			name, owner := fmt.Sprintf("%s.%02d", first[i%len(first)], i), owners[i%2]
			a := f.account(models.Account{
				Name: name, NameKey: name, Email: name + "@bücher.example", EmailKey: name + "@xn--bcher-kva.example", OrganizationID: new(owned[owner]),
				DisplayName: first[i%len(first)] + " van der Ångström",
			})
			cells[a.ID], organization[a.ID] = []string{a.Name, a.Email, a.DisplayName, owner}, *a.OrganizationID
		}
		for _, db := range []*models.DB{f.DB, f.Limited(2, 3, 9), f.Limited(-1, 1, 1)} {
			find := func(text, within string) []string {
				filter := models.AccountFilter{Search: text, OrganizationID: within, Limit: 50}
				return idsOf(must(db.Read(f.Context()).ListAccounts(filter))(f).Rows)
			}
			for id, texts := range cells {
				for _, within := range []string{"", organization[id]} {
					for _, text := range inOtherForms(strings.Join(texts, " ")) {
						if got := find(text, within); !slices.Equal(got, []string{id}) {
							t.Errorf("%q finds %d accounts, want %s alone", text, len(got), id)
						}
					}
					for _, cell := range texts {
						for _, text := range inOtherForms(cell) {
							if got := find(text, within); !slices.Contains(got, id) {
								t.Errorf("%q does not find %s (%q)", text, id, texts)
							}
						}
					}
				}
			}
		}
	})
}

// TestPartsOfWordsAreComparedWithTheWords: PostgreSQL's index is asked for a few letters in a row. An account that has only these is not found.
func TestPartsOfWordsAreComparedWithTheWords(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ids, long := map[string]string{}, "a.very.long.name.of.more.than.32.letters.ends.in.qxzqxz"
		harbour := f.account(models.Account{Kind: models.Organization, NameKey: "harbour"}).ID
		for _, name := range []string{"ana.lind.399875", "p399875", "ana.lind.39987", "lind.399875.ana", "zoe.lindgren", "zoe-x-lindgrenson", "ana.399875.lind", long, "50%_of_399876"} {
			ids[name] = f.account(models.Account{Name: name, NameKey: name, Email: name + "@example.org", EmailKey: name + "@example.org"}).ID
		}
		ids["harbour's"] = f.account(models.Account{Name: "ana.lind.399875.b", NameKey: "ana.lind.399875.b", OrganizationID: &harbour}).ID
		for i := range 300 { // more than PostgreSQL looks at to find out what is rare
			name := fmt.Sprintf("anders.lindqvist.%d", 400_000+i)
			f.account(models.Account{Name: name, NameKey: name, Email: name + "@example.org", DisplayName: "Anders Lindqvist"})
		}
		for _, db := range []*models.DB{f.DB, f.Limited(5000, 1000, 10_000), f.Limited(-1, 1, 1)} {
			for text, want := range map[string][]string{
				"ana.lind.399875": {"ana.lind.399875", "harbour's"}, "lind.399875": {"ana.lind.399875", "lind.399875.ana", "harbour's"}, "p399875@example.org": {"p399875"},
				"ana 399875": {"ana.lind.399875", "lind.399875.ana", "ana.399875.lind", "harbour's"}, "399875.lind": {"ana.399875.lind"},
				"zoe lindgren": {"zoe.lindgren", "zoe-x-lindgrenson"}, "zoe.lindgren": {"zoe.lindgren"}, "zoe-lindgren": nil, "lindgren 399875": nil,
				"ana.lind.39987": {"ana.lind.399875", "ana.lind.39987", "harbour's"}, "harbour 399875": {"harbour's"}, long: {long}, long + "x": nil,
				"50%_of_399876": {"50%_of_399876"}, "50__of_399876": nil, ids["p399875"]: {"p399875"}, ids["p399875"] + " 399875": {"p399875"},
				ids["p399875"] + " lindgren": nil, many(40) + "399875": nil,
			} {
				var found []string
				for _, name := range want {
					found = append(found, ids[name])
				}
				if got := idsOf(must(db.Read(f.Context()).ListAccounts(models.AccountFilter{Search: text, Limit: 50}))(f).Rows); !sameSet(got, found) {
					t.Errorf("%q finds %d accounts, want %v", text, len(got), want)
				}
				found = slices.DeleteFunc(found, func(id string) bool { return id != ids["harbour's"] })
				if got := idsOf(must(db.Read(f.Context()).ListAccounts(models.AccountFilter{Search: text, OrganizationID: harbour, Limit: 50}))(f).Rows); !sameSet(got, found) {
					t.Errorf("%q finds %d of the organization's accounts, want %d", text, len(got), len(found))
				}
			}
		}
	})
}

func TestPartsOfWordsAreTheRarest(t *testing.T) {
	t.Parallel()
	for term, want := range map[string][]string{
		"maría.lindgren.399875": {"maría", "lindgr", "399875"}, "bianchi-logistik-4": {"bianch", "gistik"}, "p399875@o4.example.org": {"399875", "exampl"},
		"zoe": {"zoe"}, "abc-de": {"abc-de"}, "o'neil": {"neil"}, "100%_real": {"real"}, "東京都庁舎前駅": {"東京都庁舎前"},
		"  a": {"  a"}, "a-b": nil, "---------": nil, "": nil,
	} {
		if got := models.PartsOf(term); !slices.Equal(got, want) {
			t.Errorf("%q is looked for by %q, want %q", term, got, want)
		}
	}
}

// inOtherForms returns a text as it is and as others write it.
func inOtherForms(text string) []string {
	return []string{text, norm.NFD.String(text), strings.ToUpper(norm.NFC.String(text)), norm.NFD.String(strings.ToUpper(text))}
}

func TestSearchFollowsChanges(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{NameKey: "before", EmailKey: "one@mail.test"})
		a.EmailKey, a.Name, a.NameKey = "two@mail.test", "afterwards", "afterwards"
		f.do(func(tx *models.Tx) error { return tx.SaveAccount(&a) })
		for text, want := range map[string]int{"before": 0, "one@": 0, "two@": 1, "afterw": 1, "mail.test": 1, "wards two": 1} {
			if got := f.list(models.AccountFilter{Search: text}); len(got) != want {
				t.Errorf("%q finds %v", text, got)
			}
		}
		f.do(func(tx *models.Tx) error {
			locked, err := tx.AccountForUpdate(a.ID)
			if err != nil {
				return err
			}
			locked.DisplayName, locked.ExternalID = "Anna Becker", "C-7"
			return tx.SaveAccount(&locked)
		})
		for text, want := range map[string]int{"anna becker": 1, "c-7": 1, "afterwards two": 1} {
			if got := f.list(models.AccountFilter{Search: text}); len(got) != want {
				t.Errorf("%q finds %v", text, got)
			}
		}
		f.do(func(tx *models.Tx) error { return tx.DeleteAccount(a.ID) })
		if got := f.list(models.AccountFilter{Search: "afterw"}); len(got) != 0 {
			t.Errorf("the deleted account is found: %v", got)
		}
	})
}

// TestSearchForImpossibleText: text that no name can contain finds nothing, and is no error on either engine.
func TestSearchForImpossibleText(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.account(models.Account{NameKey: "ada"})
		for _, text := range []string{"\x00", "a\x00", "ada\x00", "\xff", "ad\xffa"} {
			if got := f.list(models.AccountFilter{Search: text}); len(got) != 0 {
				t.Errorf("%q finds %v", text, got)
			}
		}
	})
}

func TestListFilters(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		acme := f.account(models.Account{Kind: models.Organization, NameKey: "acme"}).ID
		root := f.account(models.Account{Kind: models.SuperAdmin, NameKey: "root"}).ID
		ours := f.account(models.Account{OrganizationID: &acme, NameKey: "ours", Technical: true}).ID
		other := f.account(models.Account{NameKey: "other"}).ID
		for name, test := range map[string]struct {
			filter models.AccountFilter
			want   []string
		}{
			"all":            {models.AccountFilter{}, []string{acme, root, ours, other}},
			"kind":           {models.AccountFilter{Kind: models.Customer}, []string{ours, other}},
			"technical":      {models.AccountFilter{Technical: true}, []string{ours}},
			"tenant":         {models.AccountFilter{OrganizationID: acme}, []string{ours}},
			"tenant, search": {models.AccountFilter{OrganizationID: acme, Search: "other"}, nil},
			"tenant, short":  {models.AccountFilter{OrganizationID: acme, Search: "o"}, []string{ours}},
			"no such state":  {models.AccountFilter{State: "unheard-of"}, nil},
			"together":       {models.AccountFilter{Kind: models.Customer, Technical: true, Search: "our"}, []string{ours}},
		} {
			if got := f.list(test.filter); !sameSet(got, test.want) {
				t.Errorf("%s: got %v, want %v", name, got, test.want)
			}
		}
		if got := must(f.read().CountAccounts(models.AccountFilter{}, 3))(t); got != 3 {
			t.Errorf("counted to %d, want to stop at 3", got)
		}
	})
}
