package api

import (
	"context"
	"net/http"
	"time"

	"latchkey/models"
)

// me is the account that a token or key belongs to, and what it may be used for.
type me struct {
	ID           string      `json:"id" format:"uuid"`
	Kind         models.Kind `json:"kind" enum:"superadmin,organization,customer"`
	Name         string      `json:"name"`
	Email        string      `json:"email"`
	Organization *reference  `json:"organization,omitempty" doc:"of customers"`
	Technical    bool        `json:"technical"`
	Locale       string      `json:"locale" doc:"the language; empty = by the browser"`
	DisplayName  string      `json:"display_name"`
	State        string      `json:"state"`
	ValidFrom    string      `json:"valid_from,omitempty" format:"date"`
	ValidUntil   string      `json:"valid_until,omitempty" format:"date" doc:"the last day"`
	Password     ownPassword `json:"password"`
	Key          *ownKey     `json:"key,omitempty" doc:"the key in use; missing with a token for name and password"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

type ownPassword struct {
	SetAt     *time.Time `json:"set_at,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

type ownKey struct {
	Prefix        string   `json:"prefix"`
	Write         bool     `json:"write"`
	Verify        bool     `json:"verify"`
	Organizations []string `json:"organizations,omitempty" doc:"ids of the organizations that it is limited to; missing = all that the account may look after"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// reference names an account.
type reference struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

type meAnswer struct{ Body me }

func (a *API) registerMe() {
	register(a, operation{id: "get-me", method: http.MethodGet, path: "/me", tag: "Own account", who: tokens, summary: "The account that the token or key belongs to"}, a.getMe)
}

func (a *API) getMe(ctx context.Context, call *call, _ *struct{}) (*meAnswer, error) {
	account, rules := call.account, a.Accounts.Policies.For(ctx)
	body := me{
		ID: account.ID, Kind: account.Kind, Name: account.Name, Email: account.Email, Technical: account.Technical, Locale: account.Locale,
		DisplayName: account.DisplayName, State: string(rules.State(account)), ValidFrom: account.ValidFrom, ValidUntil: account.ValidUntil,
		Password: ownPassword{SetAt: account.PasswordSetAt},
	}
	if expires, ok := rules.ExpiresAt(account); ok && account.PasswordHash != "" {
		body.Password.ExpiresAt = &expires
	}
	var err error
	if body.Organization, err = a.organizationOf(ctx, account); err != nil {
		return nil, err
	}
	if key := call.actor.Key; key != nil && key.ID != "" {
		body.Key = &ownKey{Prefix: key.Prefix, Write: key.Write, Verify: key.Verify, Organizations: key.Organizations}
	}
	return &meAnswer{body}, nil
}

// organizationOf names the organization of a customer; nil = it is none.
func (a *API) organizationOf(ctx context.Context, account models.Account) (*reference, error) {
	if account.OrganizationID == nil {
		return nil, nil
	}
	names, err := a.Accounts.OrganizationNames(ctx, []models.Account{account})
	return &reference{ID: *account.OrganizationID, Name: names[*account.OrganizationID]}, err
}
