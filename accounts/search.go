package accounts

import (
	"context"
	"slices"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
	"latchkey/names"
)

// How many accounts and organizations a search finds. The list of accounts shows all.
const (
	foundAccounts      = 8
	foundOrganizations = 4
)

// Found is what a search found. More reports whether others match too.
type Found struct {
	Accounts, Organizations []models.Account
	More                    bool
}

// Search finds the first accounts that the actor may see and whose names, e-mail address or external id contain each word of the text:
// first those with the text as external id, then those whose account name begins with it. Organizations have a list of their own. An empty text finds nothing; one longer than [identifier.MaxTyped] is a
// [core.ValidationError].
func (s *Service) Search(ctx context.Context, actor core.Actor, text string) (found Found, err error) {
	if identifier.Trim(text) == "" {
		return found, nil
	}
	others := models.AccountFilter{Search: text, ExceptKind: models.Organization, Limit: foundAccounts}
	if found.Accounts, found.More, err = s.prefixFirst(ctx, actor, others); err != nil || !actor.MaySeeEverything() {
		return found, err
	}
	var more bool
	organizations := models.AccountFilter{Search: text, Kind: models.Organization, Limit: foundOrganizations}
	found.Organizations, more, err = s.prefixFirst(ctx, actor, organizations)
	found.More = found.More || more
	return found, err
}

// prefixFirst reads the first accounts of a search, those with the text as external id or as the beginning of the name first.
func (s *Service) prefixFirst(ctx context.Context, actor core.Actor, f models.AccountFilter) (rows []models.Account, more bool, err error) {
	exact, beginning, text := f, f, identifier.Trim(f.Search)
	exact.ExternalID, beginning.NamePrefix = text, names.Fold(text)
	for _, filter := range []models.AccountFilter{exact, beginning, f} {
		list, err := s.List(ctx, actor, filter)
		if err != nil {
			return nil, false, err
		}
		more = list.More
		for _, account := range list.Rows {
			known := slices.ContainsFunc(rows, func(a models.Account) bool { return a.ID == account.ID })
			if !known && len(rows) == f.Limit {
				more = true
			} else if !known {
				rows = append(rows, account)
			}
		}
		if more && len(rows) == f.Limit {
			break
		}
	}
	return rows, more, nil
}
