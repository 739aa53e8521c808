package accounts

import (
	"context"
	"strings"

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

// Found is what a search found. More reports whether other accounts match too.
type Found struct {
	Accounts, Organizations []models.Account
	More                    bool
}

// Search finds the first accounts that the actor may see and whose name or e-mail address contains the text, those whose name begins with it
// first. Organizations have a list of their own. An empty text finds nothing; one longer than [identifier.MaxTyped] is a [core.ValidationError].
func (s *Service) Search(ctx context.Context, actor core.Actor, text string) (found Found, err error) {
	if strings.TrimSpace(text) == "" {
		return found, nil
	}
	list, err := s.List(ctx, actor, models.AccountFilter{Search: text, Sort: models.ByName, Limit: foundAccounts})
	if err != nil {
		return found, err
	}
	found.More = list.More
	if actor.MaySeeEverything() {
		filter := models.AccountFilter{Search: text, Kind: models.Organization, Sort: models.ByName, Limit: foundOrganizations}
		organizations, err := s.List(ctx, actor, filter)
		if err != nil {
			return found, err
		}
		found.Organizations = organizations.Rows
	}
	beginning := names.Search(identifier.Trim(text))
	begins := func(a models.Account) bool { return strings.HasPrefix(a.NameKey, beginning) }
	for _, first := range []bool{true, false} {
		for _, account := range list.Rows {
			if account.Kind != models.Organization && begins(account) == first {
				found.Accounts = append(found.Accounts, account)
			}
		}
	}
	return found, nil
}
