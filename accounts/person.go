package accounts

import (
	"slices"
	"strings"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// Person is what operators know of the person behind an account. A nil text stays as it is.
type Person struct {
	DisplayName, ExternalID, Phone, Note *string
}

// parse returns the texts as they are stored. Its [core.ValidationError] lists everything that is wrong with them.
func (p Person) parse() (Person, error) {
	var wrong core.FieldErrors
	for _, field := range []struct {
		text  **string
		parse func(string) (string, error)
	}{
		{&p.DisplayName, identifier.ParseDisplayName}, {&p.ExternalID, identifier.ParseExternalID},
		{&p.Phone, identifier.ParsePhone}, {&p.Note, identifier.ParseNote},
	} {
		if *field.text == nil {
			continue
		}
		text, err := field.parse(**field.text)
		if err := wrong.Add(err); err != nil {
			return p, err
		}
		*field.text = &text
	}
	return p, wrong.Err()
}

// describe sets the texts of an account.
func (p Person) describe(a *models.Account) {
	for to, text := range map[*string]*string{&a.DisplayName: p.DisplayName, &a.ExternalID: p.ExternalID, &a.Phone: p.Phone, &a.Note: p.Note} {
		if text != nil {
			*to = *text
		}
	}
}

// described names the texts that differ, for the audit log, which has none of them: a deleted account would live on in it.
func described(before, after models.Account) (details []core.Detail) {
	var changed []string
	for name, differs := range map[core.Described]bool{
		core.DescribedName: before.DisplayName != after.DisplayName, core.DescribedID: before.ExternalID != after.ExternalID,
		core.DescribedPhone: before.Phone != after.Phone, core.DescribedNote: before.Note != after.Note,
	} {
		if differs {
			changed = append(changed, string(name))
		}
	}
	if len(changed) == 0 {
		return nil
	}
	slices.Sort(changed)
	return []core.Detail{core.DetailDescribed.Text(strings.Join(changed, " "))}
}
