package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"latchkey/accounts/apikey"
	"latchkey/models"
)

// Key is an API key, without its secret.
type Key struct {
	ID            string     `json:"id" format:"uuid"`
	Title         string     `json:"title"`
	Prefix        string     `json:"prefix" doc:"the first characters of the key"`
	Write         bool       `json:"write"`
	Verify        bool       `json:"verify" doc:"it may check passwords"`
	Direct        bool       `json:"direct" doc:"it works without a token"`
	Organizations []string   `json:"organizations,omitempty" doc:"ids of those that it is limited to"`
	Networks      []string   `json:"networks,omitempty" doc:"from which it may be used; missing = from anywhere"`
	CreatedAt     time.Time  `json:"created_at"`
	EndsAt        time.Time  `json:"ends_at"`
	LastDay       string     `json:"last_day" format:"date" doc:"in the time zone of the settings"`
	LastUsedAt    *time.Time `json:"last_used_at,omitempty"`
	LastAddress   string     `json:"last_address,omitempty"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

func (a *API) keyOf(row models.APIKey) Key {
	return Key{
		ID: row.ID, Title: row.Title, Prefix: row.Prefix, Write: row.CanWrite, Verify: row.CanVerify, Direct: row.Direct, Organizations: row.Scope.Organizations(),
		Networks: strings.Fields(row.Networks), CreatedAt: row.CreatedAt, EndsAt: row.EndsAt, LastDay: a.Accounts.Keys.LastDay(row), LastUsedAt: row.LastUsedAt, LastAddress: row.LastAddress,
	}
}

func (a *API) registerKeys() {
	const tag = "Keys"
	register(a, operation{id: "list-keys", method: http.MethodGet, path: "/accounts/{id}/keys", tag: tag, who: operators, errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, summary: "The keys of a technical account"}, a.listKeys)
	register(a, operation{id: "create-key", method: http.MethodPost, path: "/accounts/{id}/keys", tag: tag, who: writers, status: http.StatusCreated, errors: []int{http.StatusNotFound}, summary: "Create a key: on the pages and on the server's command line only"}, a.createKey)
	register(a, operation{id: "revoke-key", method: http.MethodDelete, path: "/accounts/{id}/keys/{key}", tag: tag, who: writers, status: http.StatusNoContent, errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity}, summary: "Revoke a key: on the pages and on the server's command line only"}, a.revokeKey)
}

func (a *API) listKeys(ctx context.Context, call *call, in *idRequest) (*listAnswer[Key], error) {
	account, err := a.Accounts.Find(ctx, call.actor, in.ID)
	if err != nil {
		return nil, err
	}
	if !account.Technical && !call.actor.OnHost() {
		return nil, apikey.ErrNotTechnical
	}
	rows, err := a.Accounts.Keys.Of(ctx, call.actor, account)
	items := make([]Key, len(rows))
	for i, row := range rows {
		items[i] = a.keyOf(row)
	}
	return newList(call, items, ""), err
}

type keyRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Title    string   `json:"title" maxLength:"5000"`
		Write    bool     `json:"write,omitempty"`
		Verify   bool     `json:"verify,omitempty"`
		Direct   bool     `json:"direct,omitempty"`
		Scope    []string `json:"scope,omitempty" maxItems:"100" doc:"names or ids of organizations; missing = all that the account may look after"`
		Networks []string `json:"networks,omitempty" maxItems:"50"`
		Ends     string   `json:"ends,omitempty" maxLength:"40" doc:"the last day; default: in a year"`
	}
}

type keyAnswer struct {
	Body struct {
		Details Key     `json:"details"`
		Key     *string `json:"key" doc:"the key, this once"`
		Shown   bool    `json:"shown,omitempty"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) createKey(ctx context.Context, call *call, in *keyRequest) (*keyAnswer, error) {
	body := in.Body
	added, shown, err := a.Accounts.Keys.AddTo(ctx, call.actor, in.ID, apikey.Form{
		Title: body.Title, Write: body.Write, Verify: body.Verify, Direct: body.Direct, Scope: body.Scope, Networks: strings.Join(body.Networks, " "), Ends: body.Ends,
	})
	if err != nil {
		return nil, err
	}
	var out keyAnswer
	out.Body.Details, out.Body.Key = a.keyOf(added), &shown
	return &out, nil
}

type revokeKeyRequest struct {
	ID  string `path:"id" maxLength:"64"`
	Key string `path:"key" maxLength:"64"`
}

func (a *API) revokeKey(ctx context.Context, call *call, in *revokeKeyRequest) (*struct{}, error) {
	return nil, a.Accounts.Keys.RevokeOf(ctx, call.actor, in.ID, in.Key)
}
