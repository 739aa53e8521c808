package demo

import (
	"fmt"
	"strings"
	"unicode"

	"latchkey/accounts"
	"latchkey/models"
)

// called are the names of people and organizations whose account names do not say them.
var called = map[string]string{
	clara: "Clara Jansen", nora: "Nora Petersen", emil: "Emil Thomsen", "佐藤健": "佐藤 健", "ليلى": "ليلى حداد",
	"siobhán.oneill": "Siobhán O’Neill", "jan.devries": "Jan de Vries", "αλέξανδρος": "Αλέξανδρος Παππάς", youssef: "Youssef El Amrani",
	portOffice: "Hafenbüro Nordkai", intern: "",
	nordkai: "Nordkai Logistik GmbH", brightwater: "Brightwater Ltd", tanaka: "田中運送株式会社", wisla: "Wisła Transport", atlas: "Atlas Cargo",
	altmuehl: "Altmühl Spedition",
}

// remarks are the notes of operators.
var remarks = map[string]string{
	portOffice: "Shared by the three dispatchers on shift.\nCall Clara Jansen before resetting the password.",
	katharina:  "Reported a lost laptop; Nordkai ended her session.",
	amelia:     "Forgets passwords. Prefers a call: extension 214.",
	isil:       "On leave for a few days; enabled again by Priya.",
	ines:       "Moved to Atlas Cargo.",
	josef:      "Left. Keep disabled until the contract ends.",
	henrik:     "The address was misspelled; mails were sent again.",
}

// calledBy returns what a person is called: the given name, or that of the account with capitals; nothing for machines.
func calledBy(account string) string {
	if name, ok := called[account]; ok {
		return name
	}
	first, rest, two := strings.Cut(strings.TrimRightFunc(account, unicode.IsDigit), ".")
	if !two {
		return ""
	}
	return capital(first) + " " + capital(rest)
}

func capital(word string) string {
	letters := []rune(word)
	return strings.ToUpper(string(letters[:1])) + string(letters[1:])
}

// described returns what operators know of a person; customers of organizations have numbers there.
func (p *person) described(number int) accounts.Person {
	var known accounts.Person
	if name := calledBy(p.name); name != "" && !p.technical {
		known.DisplayName = &name
	}
	if note := remarks[p.name]; note != "" {
		known.Note = &note
	}
	if p.kind == models.Customer && p.at != "" && !p.technical && number%2 == 0 {
		known.ExternalID = new(fmt.Sprintf("C-%d", 10400+number))
	}
	return known
}

// describe fills in what operators know of a customer of the crowd.
func (c *crowd) describe(a *models.Account) {
	if a.Technical || c.rand.IntN(20) == 0 {
		return
	}
	a.DisplayName = calledBy(a.Name)
	if c.rand.IntN(3) == 0 {
		a.ExternalID = fmt.Sprintf("C-%d", 20000+len(c.rows))
	}
	if c.rand.IntN(4) == 0 {
		a.Phone = fmt.Sprintf("+49 30 23125 %03d", c.rand.IntN(1000)) // for films: never assigned
	}
	if c.rand.IntN(40) == 0 {
		a.Note = pick(c, crowdRemarks)
	}
}

var crowdRemarks = []string{
	"Called on Monday: new phone, no access to the mailbox yet.", "Works nights.\nCall after 18:00.", "Asked for a longer session.",
	"Two accounts: this one is for the depot.", "Contract ends in spring.",
}
