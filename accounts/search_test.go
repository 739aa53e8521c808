package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
	"latchkey/names"
)

// shown are accounts whose names and e-mails are hard to find.
var shown = []accounts.NewAccount{
	{Name: "Zoë.Müller", Email: "Zoe@Bücher.example"}, {Name: "ascii", Email: "ascii@xn--bcher-kva.example"}, {Name: "İbrahim", Email: "i@example.com"},
	{Name: "ılgaz", Email: "dotless@example.com"}, {Name: "J\u030cana", Email: "j@straße.example"}, {Name: "Γιάννης", Email: "g@παράδειγμα.example"},
	{Name: "ΜΑΡΙΟΣ", Email: "m@example.com"}, {Name: "Straße", Email: "s@FUSSBALL.example"}, {Name: "ﾊﾝｶｸ", Email: "k@例え。example"}, {Name: "Ａｄａ", Email: "wide@ｅｘａｍｐｌｅ.com"},
	{Name: "vie\u0323\u0302t", Email: "v@bu\u0308cher.test"}, {Name: "H\u0331ans", Email: "h@example.com"}, {Name: "ᎠᏯ_1", Email: "c@example.com"}, {Name: "ᾳδης", Email: "o'hara!#$%&@example.com"},
	{Name: "نامه", Email: "n@نامهای.example"}, {Name: "이름", Email: "x@한국.example"}, {Name: "own@bücher.example", Email: "own@bücher.example"},
}

// TestSearchFindsWhatIsShown: each row is found by the text of its cells, by each word of them, in other case and other
// normal form; by a text that only it shows, exactly that row is found. Organizations find their own.
func TestSearchFindsWhatIsShown(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		owner := w.create(accounts.NewAccount{Kind: models.Organization, Name: "Größe.İstanbul", Email: "office@größe.example"})
		for i, input := range shown {
			display := []string{"", "Ümit Şahin", "O'Brien-Kelly 名前", "Zoë van der Ångström"}[i%4]
			input.Person.DisplayName, input.Person.ExternalID = &display, new(fmt.Sprintf("Nº-%04d", i))
			if i%2 == 0 {
				input.Organization = owner.ID
			}
			w.create(input)
		}
		for _, actor := range []core.Actor{w.root, as(owner)} {
			list := must(w.List(t.Context(), actor, models.AccountFilter{Limit: 99}))(t)
			organizations := must(w.OrganizationNames(t.Context(), list.Rows))(t)
			for _, row := range list.Rows {
				cells := []string{row.Name, row.Email, row.DisplayName, row.ExternalID, row.ID}
				if row.OrganizationID != nil {
					cells = append(cells, organizations[*row.OrganizationID])
				}
				for _, cell := range cells {
					for _, text := range append(words(cell), cell) {
						if cell == row.ID {
							text = cell // the only part of it that is searched for
						}
						for _, way := range []string{text, norm.NFD.String(text), norm.NFC.String(text), strings.ToUpper(text), strings.ToLower(text), norm.NFD.String(strings.ToUpper(text))} {
							got := w.foundBy(actor, way)
							if text != "" && !slices.Contains(got, row.Name) {
								t.Errorf("%q does not find %q (%s, %s), but %q", way, row.Name, row.Email, row.DisplayName, got)
							}
							if only := text == row.ID || text == row.ExternalID || text == row.Email; only && text != "" && len(got) != 1 {
								t.Errorf("%q finds %q, want %q alone", way, got, row.Name)
							}
						}
					}
				}
			}
		}
		for text, want := range map[string][]string{
			"bücher": {"Zoë.Müller", "ascii", "own@bücher.example", "vie\u0323\u0302t"}, "XN--BCHER-KVA": {"Zoë.Müller", "ascii", "own@bücher.example", "vie\u0323\u0302t"},
			"ibrahim": {"İbrahim"}, "ILGAZ": {"ılgaz"}, "STRASSE": {"J\u030cana", "Straße"}, "xn--bcher-kva.ex": {"Zoë.Müller", "ascii", "own@bücher.example"},
		} {
			got := w.found(text)
			if slices.Sort(got); !equal(got, sortedCopy(want)) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
	})
}

func sortedCopy(list []string) []string { return slices.Sorted(slices.Values(list)) }

// words returns the parts of a cell between signs.
func words(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" .@_-+。", r) })
}

// The same for generated names, without a database.
func TestSearchFindsInventedNames(t *testing.T) {
	const signs = "09._-+\u0308\u0301\u030c\u0307\u0323"
	alphabets := []string{"aAzZßẞıİiIjJǰéÉöËŁą" + signs, "ΣσςΐΑαᾳΙι" + signs, "йЙёЁЦц" + signs, "AaカｶガﾞはＡ名한\u1100\u1161", "Ꭰꭰ0", "Եե", "Ააა"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune(rapid.SampledFrom(alphabets).Draw(t, "alphabet"))), 1, 20, -1).Draw(t, "name")
		if _, err := identifier.NameKey(name); err != nil {
			t.Skip()
		}
		found := names.SearchText(name, "", "")
		for _, text := range append(words(name), name) {
			for _, way := range []string{text, norm.NFD.String(text), norm.NFC.String(text), strings.ToUpper(text), strings.ToLower(text)} {
				if !strings.Contains(found, names.Search(way)) {
					t.Fatalf("%+q does not find %+q", way, name)
				}
			}
		}
	})
}

// TestSearchFollowsTheOrganization: a moved customer is found by the name of its new organization, and by its customers' operator only.
func TestSearchFollowsTheOrganization(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		north, south := w.organization("northwind"), w.organization("southwind")
		ada := w.create(accounts.NewAccount{Name: "ada", Email: "ada@example.com", Organization: north.ID})
		check := func(text string, actor core.Actor, want ...string) {
			t.Helper()
			if got := w.foundBy(actor, text); !equal(got, want) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		check("ada northwind", w.root, "ada")
		check("ada", as(south))
		if err := w.Move(t.Context(), w.root, ada.ID, south.ID, false); err != nil {
			t.Fatal(err)
		}
		check("ada northwind", w.root)
		check("southw ad", w.root, "ada")
		check("southw ad", as(south), "ada")
		check("ada", as(north))
		check(ada.ID, as(north))
		check(ada.ID, as(south), "ada")
	})
}
