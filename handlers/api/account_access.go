package api

import (
	"context"
	"net/http"
	"time"

	"latchkey/models"
)

// session is an open session of an account.
type session struct {
	ID         string    `json:"id" format:"uuid"`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
	EndsAt     time.Time `json:"ends_at" doc:"at the latest"`
	Address    string    `json:"address" doc:"the IP address that it was opened from"`
	UserAgent  string    `json:"user_agent"`
	Emergency  bool      `json:"emergency" doc:"whether an emergency code has opened it"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// passwordLink is a mailed link that sets the password of an account, without its address.
type passwordLink struct {
	ID        string             `json:"id" format:"uuid"`
	Purpose   models.LinkPurpose `json:"purpose"`
	State     models.LinkState   `json:"state" enum:"not-sent,sent,used,expired,revoked"`
	CreatedAt time.Time          `json:"created_at"`
	EndsAt    time.Time          `json:"ends_at"`
	SentAt    *time.Time         `json:"sent_at,omitempty"`
	UsedAt    *time.Time         `json:"used_at,omitempty"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// emergencyCode is a code that gets its holder into an account after a time, without the code itself.
type emergencyCode struct {
	ID          string                `json:"id" format:"uuid"`
	Person      string                `json:"person" doc:"who holds it"`
	State       models.EmergencyState `json:"state" enum:"ready,waiting,open,used,ended"`
	LeadSeconds int64                 `json:"lead_seconds" doc:"how long it waits after its first use"`
	CreatedAt   time.Time             `json:"created_at"`
	FirstUsedAt *time.Time            `json:"first_used_at,omitempty"`
	EndsAt      *time.Time            `json:"ends_at,omitempty"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// registerAccess registers what may get into an account besides its password: open sessions, mailed links and emergency codes.
func (a *API) registerAccess() {
	missing := []int{http.StatusNotFound}
	ended := []int{http.StatusNotFound, http.StatusUnprocessableEntity}
	register(a, operation{id: "list-sessions", method: http.MethodGet, path: "/accounts/{id}/sessions", tag: "Sessions", who: operators, errors: missing, summary: "The open sessions of an account"}, a.listSessions)
	register(a, operation{id: "end-session", method: http.MethodDelete, path: "/accounts/{id}/sessions/{session}", tag: "Sessions", who: writers, status: http.StatusNoContent, errors: missing, summary: "End one session"}, a.endSession)
	register(a, operation{id: "list-password-links", method: http.MethodGet, path: "/accounts/{id}/links", tag: "Links", who: operators, errors: missing, summary: "The mailed links that set an account's password, the newest first"}, a.listPasswordLinks)
	register(a, operation{id: "resend-password-link", method: http.MethodPost, path: "/accounts/{id}/links/{link}/resend", tag: "Links", who: writers, status: http.StatusNoContent, errors: ended, summary: "Replace such a link and mail the new one"}, a.resendPasswordLink)
	register(a, operation{id: "revoke-password-link", method: http.MethodDelete, path: "/accounts/{id}/links/{link}", tag: "Links", who: writers, status: http.StatusNoContent, errors: ended, summary: "Revoke such a link"}, a.revokePasswordLink)
	register(a, operation{id: "list-emergency-codes", method: http.MethodGet, path: "/accounts/{id}/emergency-codes", tag: "Emergency codes", who: operators, errors: missing, summary: "The emergency codes of an account"}, a.listEmergencyCodes)
	register(a, operation{id: "stop-emergency-code", method: http.MethodPost, path: "/accounts/{id}/emergency-codes/{code}/stop", tag: "Emergency codes", who: writers, status: http.StatusNoContent, errors: ended, summary: "Stop a code that was used, and end its session"}, a.stopEmergencyCode)
}

// readOf reads a list about an account that the actor may see, and shows its items.
func readOf[Row, Shown any](
	ctx context.Context, a *API, call *call, id string, read func(models.Account) ([]Row, error), show func(Row) Shown,
) (*listAnswer[Shown], error) {
	account, err := a.Accounts.Find(ctx, call.actor, id)
	if err != nil {
		return nil, err
	}
	rows, err := read(account)
	items := make([]Shown, len(rows))
	for i, row := range rows {
		items[i] = show(row)
	}
	return newList(call, items, ""), err
}

func (a *API) listSessions(ctx context.Context, call *call, in *idRequest) (*listAnswer[session], error) {
	read := func(account models.Account) ([]models.Session, error) {
		return a.Accounts.Sessions.Of(ctx, call.actor, account)
	}
	return readOf(ctx, a, call, in.ID, read, func(row models.Session) session {
		ends := row.AbsoluteEnd
		if row.IdleEnd.Before(ends) {
			ends = row.IdleEnd
		}
		return session{
			ID: row.ID, CreatedAt: row.CreatedAt, LastUsedAt: row.LastUsedAt, EndsAt: ends, Address: row.Address, UserAgent: row.UserAgent,
			Emergency: row.Emergency(),
		}
	})
}

type sessionRequest struct {
	ID      string `path:"id" maxLength:"64"`
	Session string `path:"session" maxLength:"64"`
}

func (a *API) endSession(ctx context.Context, call *call, in *sessionRequest) (*struct{}, error) {
	return nil, a.Accounts.Sessions.End(ctx, call.actor, in.ID, in.Session)
}

func (a *API) listPasswordLinks(ctx context.Context, call *call, in *idRequest) (*listAnswer[passwordLink], error) {
	read := func(account models.Account) ([]models.Link, error) {
		return a.Accounts.Links.Of(ctx, call.actor, account)
	}
	return readOf(ctx, a, call, in.ID, read, func(row models.Link) passwordLink {
		return passwordLink{
			ID: row.ID, Purpose: row.Purpose, State: row.State(a.Now()), CreatedAt: row.CreatedAt, EndsAt: row.EndsAt, SentAt: row.SentAt, UsedAt: row.UsedAt,
		}
	})
}

type linkRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Link string `path:"link" maxLength:"64"`
}

func (a *API) resendPasswordLink(ctx context.Context, call *call, in *linkRequest) (*struct{}, error) {
	return nil, a.Accounts.Links.Resend(ctx, call.actor, in.ID, in.Link)
}

func (a *API) revokePasswordLink(ctx context.Context, call *call, in *linkRequest) (*struct{}, error) {
	return nil, a.Accounts.Links.Revoke(ctx, call.actor, in.ID, in.Link)
}

func (a *API) listEmergencyCodes(ctx context.Context, call *call, in *idRequest) (*listAnswer[emergencyCode], error) {
	read := func(account models.Account) ([]models.EmergencyCode, error) {
		return a.Accounts.Emergency.Of(ctx, call.actor, account)
	}
	return readOf(ctx, a, call, in.ID, read, func(row models.EmergencyCode) emergencyCode {
		return emergencyCode{
			ID: row.ID, Person: row.Person, State: row.State(a.Now()), LeadSeconds: row.LeadSeconds, CreatedAt: row.CreatedAt, FirstUsedAt: row.ArmedAt,
			EndsAt: row.EndsAt,
		}
	})
}

type codeRequest struct {
	ID   string `path:"id" maxLength:"64"`
	Code string `path:"code" maxLength:"64"`
}

func (a *API) stopEmergencyCode(ctx context.Context, call *call, in *codeRequest) (*struct{}, error) {
	return nil, a.Accounts.Emergency.StopOf(ctx, call.actor, in.ID, in.Code)
}
