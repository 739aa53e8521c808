package api

import (
	"context"
	"net/http"
	"time"

	"latchkey/accounts"
	"latchkey/models"
)

// deletedAccount is an account that can be restored until a time.
type deletedAccount struct {
	ID           string      `json:"id" format:"uuid"`
	Kind         models.Kind `json:"kind" enum:"superadmin,organization,customer"`
	Name         string      `json:"name"`
	Email        string      `json:"email"`
	Organization string      `json:"organization,omitempty" doc:"the name of a customer's organization"`
	DeletedAt    time.Time   `json:"deleted_at"`
	DeletedBy    string      `json:"deleted_by" doc:"a name"`
	Until        time.Time   `json:"until" doc:"when it is erased"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

func (a *API) registerDeleted() {
	const tag = "Deleted accounts"
	missing := []int{http.StatusNotFound, http.StatusUnprocessableEntity}
	register(a, operation{id: "list-deleted-accounts", method: http.MethodGet, path: "/deleted-accounts", tag: tag, who: operators, errors: missing, summary: "Accounts that can be restored, the last deletion first"}, a.listDeleted)
	register(a, operation{id: "restore", method: http.MethodPost, path: "/accounts/{id}/restore", tag: tag, who: writers, errors: missing, summary: "Restore a deleted account"}, a.restoreAccount)
	register(a, operation{id: "erase", method: http.MethodPost, path: "/accounts/{id}/erase", tag: tag, who: writers, status: http.StatusNoContent, errors: missing, summary: "Erase a deleted account for good"}, a.eraseAccount)
}

func (a *API) listDeleted(ctx context.Context, call *call, in *struct{ Paging }) (*listAnswer[deletedAccount], error) {
	after, err := idCursor(call, in.After)
	if err != nil {
		return nil, err
	}
	found, err := a.Accounts.Deleted(ctx, call.actor, after, "", in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]deletedAccount, len(found.Rows))
	for i, row := range found.Rows {
		items[i] = deletedAccount{
			ID: row.AccountID, Kind: row.Account.Kind, Name: row.Account.Name, Email: row.Account.Email, Organization: row.OrganizationName,
			DeletedAt: row.DeletedAt, DeletedBy: row.DeletedBy, Until: row.Until,
		}
	}
	return newList(call, items, nextID(call, found, func(d accounts.DeletedAccount) string { return d.ID })), nil
}

func (a *API) restoreAccount(ctx context.Context, call *call, in *idRequest) (*accountAnswer, error) {
	row, err := a.Accounts.Restore(ctx, call.actor, in.ID)
	if err != nil {
		return nil, err
	}
	return a.accountAnswer(ctx, row)
}

func (a *API) eraseAccount(ctx context.Context, call *call, in *idRequest) (*struct{}, error) {
	return nil, a.Accounts.Erase(ctx, call.actor, in.ID)
}
