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

// suggestedOrganizations is how many organizations are suggested for a text.
const suggestedOrganizations = 20

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

// SuggestOrganizations returns the first organizations that a SuperAdmin may mean by a text: first those whose names begin with it, then
// those that a search finds. An empty text may mean any. One longer than [identifier.MaxTyped] is a [core.ValidationError].
func (s *Service) SuggestOrganizations(ctx context.Context, actor core.Actor, text string) ([]models.Account, error) {
	if !actor.MaySeeEverything() {
		return nil, core.ErrForbidden
	}
	if len(text) > identifier.MaxTyped {
		return nil, core.Invalid("q", core.ErrSearchTooLong)
	}
	beginning := models.AccountFilter{Kind: models.Organization, NamePrefix: names.Fold(identifier.Trim(text)), Limit: suggestedOrganizations}
	anywhere := models.AccountFilter{Kind: models.Organization, Search: text, Limit: suggestedOrganizations}
	rows, _, err := s.firstOf(ctx, actor, suggestedOrganizations, beginning, anywhere)
	return rows, err
}

// prefixFirst reads the first accounts of a search, those with the text as external id or as the beginning of the name first.
func (s *Service) prefixFirst(ctx context.Context, actor core.Actor, f models.AccountFilter) (rows []models.Account, more bool, err error) {
	exact, beginning, text := f, f, identifier.Trim(f.Search)
	exact.ExternalID, beginning.NamePrefix = text, names.Fold(text)
	exact.Search, beginning.Search = "", "" // which would find them too
	return s.firstOf(ctx, actor, f.Limit, exact, beginning, f)
}

// firstOf reads the first accounts of several lists, each account once. More reports whether there are others.
func (s *Service) firstOf(
	ctx context.Context, actor core.Actor, limit int, filters ...models.AccountFilter,
) (rows []models.Account, more bool, err error) {
	for _, filter := range filters {
		list, err := s.List(ctx, actor, filter)
		if err != nil {
			return nil, false, err
		}
		more = list.More
		for _, account := range list.Rows {
			known := slices.ContainsFunc(rows, func(a models.Account) bool { return a.ID == account.ID })
			if !known && len(rows) == limit {
				more = true
			} else if !known {
				rows = append(rows, account)
			}
		}
		if more && len(rows) == limit {
			break
		}
	}
	return rows, more, nil
}
