package views

import (
	"cmp"

	"latchkey/models"
	"latchkey/views/ui"
)

// PersonOf returns whom an account's avatar stands for.
func PersonOf(a models.Account) ui.Person {
	return ui.Person{ID: a.ID, Name: calledName(a), Kind: a.Kind, Technical: a.Technical}
}

// calledName is what the person is called or, if not known, the account.
func calledName(a models.Account) string { return cmp.Or(a.DisplayName, a.Name) }
