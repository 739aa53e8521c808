package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/handover"
	"latchkey/handlers/page"
	"latchkey/models"
)

// Account is an account as its page shows it to operators.
type Account struct {
	ID           string          `json:"id" format:"uuid"`
	Kind         models.Kind     `json:"kind" enum:"superadmin,organization,customer"`
	Name         string          `json:"name"`
	Email        string          `json:"email"`
	Organization *reference      `json:"organization,omitempty" doc:"of customers"`
	Technical    bool            `json:"technical" doc:"for scripts and devices, without the dashboard"`
	Locale       string          `json:"locale" doc:"the language; empty = by the browser"`
	DisplayName  string          `json:"display_name"`
	ExternalID   string          `json:"external_id"`
	Phone        string          `json:"phone"`
	Note         string          `json:"note" doc:"of operators; the owner does not see it"`
	State        models.State    `json:"state" enum:"active,expired,must-change,one-time,one-time-lapsed,no-password,blacklisted,not-yet-valid,ended,disabled"`
	CreatedAt    time.Time       `json:"created_at"`
	ValidFrom    string          `json:"valid_from,omitempty" format:"date" doc:"the first day"`
	ValidUntil   string          `json:"valid_until,omitempty" format:"date" doc:"the last day"`
	LastSignInAt *time.Time      `json:"last_sign_in_at,omitempty"`
	Blocked      *block          `json:"blocked,omitempty" doc:"present while failed sign-ins block the account"`
	Password     accountPassword `json:"password"`
	SecondFactor bool            `json:"second_factor" doc:"whether the account has one"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

type block struct {
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until,omitempty" doc:"missing = until an operator unblocks the account"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

type accountPassword struct {
	SetAt      *time.Time          `json:"set_at,omitempty" doc:"missing = there is none"`
	SetBy      models.PasswordFrom `json:"set_by,omitempty" enum:"owner,operator,import,link"`
	OneTime    bool                `json:"one_time" doc:"it opens only the page on which a new one is chosen"`
	MustChange bool                `json:"must_change"`
	ExpiresAt  *time.Time          `json:"expires_at,omitempty"`
	LapsesAt   *time.Time          `json:"lapses_at,omitempty" doc:"of a one-time password: when it opens nothing any more"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// representation returns accounts as the API shows them.
func (a *API) representation(ctx context.Context, rows []models.Account) ([]Account, error) {
	names, err := a.Accounts.OrganizationNames(ctx, rows)
	if err != nil {
		return nil, err
	}
	rules := a.Accounts.Policies.For(ctx)
	cutoffs, shown := rules.Cutoffs(), make([]Account, len(rows))
	for i, row := range rows {
		one := Account{
			ID: row.ID, Kind: row.Kind, Name: row.Name, Email: row.Email, Technical: row.Technical, Locale: row.Locale, DisplayName: row.DisplayName,
			ExternalID: row.ExternalID, Phone: row.Phone, Note: row.Note, State: cutoffs.State(row), CreatedAt: row.CreatedAt, ValidFrom: row.ValidFrom,
			ValidUntil: row.ValidUntil, LastSignInAt: row.LastSignInAt, SecondFactor: row.HasFactor,
			Password: accountPassword{SetAt: row.PasswordSetAt, OneTime: row.OneTime, MustChange: row.MustChange},
		}
		if row.OrganizationID != nil {
			one.Organization = &reference{ID: *row.OrganizationID, Name: names[*row.OrganizationID]}
		}
		if cutoffs.Blacklisted(row) {
			one.Blocked = &block{Since: *row.BlockedAt, Until: row.BlockedUntil}
		}
		if row.PasswordHash != "" {
			one.Password.SetBy = row.PasswordFrom
			if at, ok := rules.ExpiresAt(row); ok {
				one.Password.ExpiresAt = &at
			}
			if at, ok := rules.LapsesAt(row); ok {
				one.Password.LapsesAt = &at
			}
		}
		shown[i] = one
	}
	return shown, nil
}

// accountAnswer is one account, with its version.
type accountAnswer struct {
	ETag string `header:"ETag" doc:"the version, for If-Match; it does not change with sign-ins"`
	Body Account
}

func (a *API) accountAnswer(ctx context.Context, row models.Account) (*accountAnswer, error) {
	shown, err := a.representation(ctx, []models.Account{row})
	if err != nil {
		return nil, err
	}
	return &accountAnswer{ETag: etag(row), Body: shown[0]}, nil
}

func etag(row models.Account) string { return `"` + row.Version() + `"` }

func (a *API) registerAccounts() {
	const tag = "Accounts"
	register(a, operation{id: "list-accounts", method: http.MethodGet, path: "/accounts", tag: tag, who: operators, errors: []int{http.StatusUnprocessableEntity}, summary: "List and search accounts"}, a.listAccounts)
	register(a, operation{id: "create-account", method: http.MethodPost, path: "/accounts", tag: tag, who: writers, status: http.StatusCreated, summary: "Create an account"}, a.createAccount)
	register(a, operation{id: "get-account", method: http.MethodGet, path: "/accounts/{id}", tag: tag, who: operators, errors: []int{http.StatusNotFound}, summary: "One account"}, a.getAccount)
	register(a, operation{id: "edit-account", method: http.MethodPatch, path: "/accounts/{id}", tag: tag, who: writers, errors: changing, summary: "Change an account"}, a.editAccount)
	register(a, operation{id: "delete-account", method: http.MethodDelete, path: "/accounts/{id}", tag: tag, who: writers, status: http.StatusNoContent, errors: changing, summary: "Delete an account"}, a.deleteAccount)
	register(a, operation{id: "reset-password", method: http.MethodPost, path: "/accounts/{id}/password", tag: tag, who: writers, errors: changing, summary: "Give an account a new password"}, a.resetPassword)
	for _, act := range []struct {
		name, summary string
		do            func(context.Context, core.Actor, string) error
	}{
		{"require-change", "Require a new password", a.Accounts.RequireChange},
		{"withdraw-change", "Take back that a new password is required", a.Accounts.WithdrawChange},
		{"unblock", "End a block", a.Accounts.Unblock},
		{"disable", "Disable an account and end its sessions", a.Accounts.Disable},
		{"enable", "Enable an account", a.Accounts.Enable},
		{"end-sessions", "End all sessions of an account", a.Accounts.Sessions.EndAll},
	} {
		register(a, operation{id: act.name, method: http.MethodPost, path: "/accounts/{id}/" + act.name, tag: tag, who: writers, errors: changing, summary: act.summary},
			func(ctx context.Context, call *call, in *ChangeRequest) (*accountAnswer, error) {
				return a.change(ctx, call, in.ID, in.IfMatch, func(actor core.Actor) error { return act.do(ctx, actor, in.ID) })
			})
	}
	register(a, operation{id: "move", method: http.MethodPost, path: "/accounts/{id}/move", tag: tag, who: writers, errors: changing, summary: "Move a customer to another organization"}, a.moveAccount)
}

// changing are the statuses of requests that change an account.
var changing = []int{http.StatusNotFound, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}

// ChangeRequest changes an account without a body.
type ChangeRequest struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match" maxLength:"200" doc:"an ETag: the account is changed only if it has this version"`
}

// change carries out a change to an account and answers with the account as it is then.
func (a *API) change(ctx context.Context, call *call, id, ifMatch string, do func(core.Actor) error) (*accountAnswer, error) {
	actor := call.actor
	actor.Expects = expected(ifMatch)
	if err := do(actor); err != nil {
		return nil, err
	}
	row, err := a.Accounts.Find(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return a.accountAnswer(ctx, row)
}

// noVersion is the version of no account.
const noVersion = "-"

// expected returns the version that an If-Match header asks for; "" = any. Of a list, one has to match, which none does: clients send the one
// that they read.
func expected(ifMatch string) string {
	switch text := strings.TrimSpace(ifMatch); {
	case text == "" || text == "*":
		return ""
	case len(text) > 2 && strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`):
		return text[1 : len(text)-1]
	default: // weak tags match nothing (RFC 9110, section 13.1.1)
		return noVersion
	}
}

// listRequest has the filters of the list, which are those of the page.
type listRequest struct {
	Search       string `query:"q" maxLength:"500" doc:"words that the name, e-mail address, display name, organization or id has"`
	Kind         string `query:"kind" enum:"superadmin,organization,customer,technical"`
	State        string `query:"state" enum:"active,expired,must-change,one-time,one-time-lapsed,no-password,blacklisted,not-yet-valid,ended,disabled"`
	Organization string `query:"organization" maxLength:"256" doc:"its id or name"`
	ExternalID   string `query:"external_id" maxLength:"400" doc:"exactly"`
	Factor       string `query:"factor" enum:"none,totp,passkey"`
	Link         string `query:"link" enum:"not-sent,sent,used,expired,revoked" doc:"the state of the newest link that sets the password"`
	Expiring     int    `query:"expiring" minimum:"1" maximum:"36500" doc:"passwords that expire within so many days"`
	Ends         string `query:"ends" format:"date" doc:"the last day"`
	Sort         string `query:"sort" enum:"name,-name,newest,oldest,password-age,-password-age,expires,-expires,blocked-until,-blocked-until,valid-until,-valid-until,last-sign-in,-last-sign-in,email,-email" default:"name"`
	Paging
}

// Paging is what every list can be asked for.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" maxLength:"2000" doc:"the next of the page before"`
}

// list is a page of a list.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"the value of after for the next page; null = this is the last one"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// listAnswer is a page of a list, with the address of the next one.
type listAnswer[T any] struct {
	Link string `header:"Link" doc:"the address of the next page, as rel=next"`
	Body list[T]
}

// newList makes the answer to a request for a list.
func newList[T any](call *call, items []T, next string) *listAnswer[T] {
	answer := &listAnswer[T]{Body: list[T]{Items: items}}
	if answer.Body.Items == nil {
		answer.Body.Items = []T{}
	}
	if next != "" {
		query := call.c.QueryParams()
		query.Set("after", next)
		answer.Body.Next, answer.Link = &next, "<"+call.c.Request().URL.Path+"?"+query.Encode()+">; rel=\"next\""
	}
	return answer
}

const errCursor core.Code = "cursor.invalid"

// sealCursor marks a cursor with the list that it is of.
func sealCursor(call *call, cursor string) string { return listMark(call) + "." + cursor }

// openCursor returns a cursor of the request's list; "" = the first page. Any other is a [core.ValidationError].
func openCursor(call *call, text string) (cursor string, err error) {
	if text == "" {
		return "", nil
	}
	mark, cursor, _ := strings.Cut(text, ".")
	if cursor == "" || mark != listMark(call) {
		return "", &core.ValidationError{Fields: []core.FieldError{{Field: "after", Code: errCursor}}}
	}
	return cursor, nil
}

// listMark identifies a list: its operation and filters.
func listMark(call *call) string {
	filters := url.Values{}
	for name, values := range call.c.QueryParams() {
		if name != "after" && name != "limit" {
			filters[name] = values
		}
	}
	sum := sha256.Sum256([]byte(call.op.OperationID + "\x00" + filters.Encode()))
	return hex.EncodeToString(sum[:markBytes])
}

// markBytes is how much of a hash a cursor has.
const markBytes = 6

func (a *API) listAccounts(ctx context.Context, call *call, in *listRequest) (*listAnswer[Account], error) {
	f := models.AccountFilter{
		Search: in.Search, Kind: models.Kind(in.Kind), State: models.State(in.State), ExternalID: in.ExternalID, Factor: models.FactorKind(in.Factor),
		Link: models.LinkState(in.Link), Expiring: time.Duration(in.Expiring) * 24 * time.Hour, Ends: in.Ends, Sort: models.AccountSort(in.Sort), Limit: in.Limit,
	}
	if in.Kind == "technical" {
		f.Kind, f.Technical = "", true
	}
	actor, organization, err := a.within(ctx, call, in.Organization)
	if err != nil {
		return nil, err
	}
	f.OrganizationID = organization
	rows, next, err := a.page(ctx, call, actor, f, in.After)
	if err != nil {
		return nil, err
	}
	shown, err := a.representation(ctx, rows)
	if err != nil {
		return nil, err
	}
	return newList(call, shown, next), nil
}

// page reads one page of accounts behind a cursor, and returns the cursor of the next one; "" = it is the last.
func (a *API) page(ctx context.Context, call *call, actor core.Actor, f models.AccountFilter, after string) (rows []models.Account, next string, err error) {
	cursor, err := openCursor(call, after)
	if err != nil {
		return nil, "", err
	}
	if cursor != "" {
		if f.After = page.ReadCursor(cursor); f.After == nil {
			return nil, "", core.Invalid("after", errCursor)
		}
	}
	found, err := a.Accounts.List(ctx, actor, f)
	if err == nil && found.More {
		next = sealCursor(call, page.WriteCursor(found.Cursor(len(found.Rows)-1)))
	}
	return found.Rows, next, err
}

// within returns the actor limited to the organization that a list is asked of, by id or name, and its id; "" = of none. An actor that is
// limited to several has to name one.
func (a *API) within(ctx context.Context, call *call, idOrName string) (core.Actor, string, error) {
	actor := call.actor
	if own := actor.Organizations(); len(own) > 1 && idOrName == "" {
		return actor, "", core.Invalid("organization", accounts.ErrChooseOrganization)
	}
	if idOrName == "" {
		return actor, "", nil
	}
	organization, err := a.Accounts.Organization(ctx, actor, idOrName)
	return actor.In(organization.ID), organization.ID, err
}

type getRequest struct {
	ID string `path:"id" maxLength:"400" doc:"the id, the account name or the e-mail address"`
}

func (a *API) getAccount(ctx context.Context, call *call, in *getRequest) (*accountAnswer, error) {
	row, err := a.find(ctx, call.actor, in.ID)
	if err != nil {
		return nil, err
	}
	return a.accountAnswer(ctx, row)
}

// find returns an account that the actor may see, by its id, name or e-mail address.
func (a *API) find(ctx context.Context, actor core.Actor, text string) (models.Account, error) {
	if models.IsID(text) {
		return a.Accounts.Find(ctx, actor, text)
	}
	found, err := a.Accounts.FindByIdentifier(ctx, text)
	if errors.As(err, new(*core.ValidationError)) { // no account can have it
		return found, core.ErrNotFound
	}
	if err != nil {
		return found, err
	}
	return a.Accounts.Find(ctx, actor, found.ID)
}

// PasswordRequest is how an account gets its password.
type PasswordRequest struct {
	Mode       string `json:"password_mode" enum:"typed,generated,link" doc:"typed: password is set; generated: the server makes one; link: the owner gets an e-mail with a link to choose one"`
	Password   string `json:"password,omitempty" maxLength:"4096" doc:"with typed"`
	OneTime    bool   `json:"one_time,omitempty" doc:"the owner has to choose another one at the first sign-in"`
	HandOver   string `json:"hand_over,omitempty" enum:"secret-link" doc:"with generated and typed: the answer has a secret link in place of the password"`
	Reads      int    `json:"reads,omitempty" minimum:"1" maximum:"100" doc:"how often the secret link can be read; default 1"`
	Minutes    int    `json:"valid_minutes,omitempty" minimum:"1" maximum:"43200" doc:"how long the secret link is valid; default a day"`
	Passphrase string `json:"passphrase,omitempty" maxLength:"4096" doc:"that the secret link asks for"`
}

func (r PasswordRequest) choice() accounts.PasswordChoice {
	choice := accounts.PasswordChoice{Mode: accounts.PasswordMode(r.Mode), Text: r.Password, OneTime: r.OneTime}
	if r.HandOver != "" {
		choice.HandOver = &handover.Form{How: r.HandOver, Reads: number(r.Reads), Minutes: number(r.Minutes), Passphrase: r.Passphrase}
	}
	return choice
}

// number writes a number as a form has it; "" = 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

const errPasswordNotTyped core.Code = "password.not_typed"

// check refuses a password that would be ignored.
func (r PasswordRequest) check() error {
	if r.Password != "" && r.Mode != string(accounts.Typed) {
		return core.Invalid("password", errPasswordNotTyped)
	}
	return nil
}

type createRequest struct {
	Body struct {
		Kind         string  `json:"kind,omitempty" enum:"superadmin,organization,customer" default:"customer"`
		Name         string  `json:"name" maxLength:"400"`
		Email        string  `json:"email" maxLength:"1000"`
		Organization string  `json:"organization,omitempty" maxLength:"400" doc:"of a customer: its id or name; default: Default, or the organization that the key belongs to"`
		Technical    bool    `json:"technical,omitempty"`
		Locale       string  `json:"locale,omitempty" enum:",en,de"`
		DisplayName  *string `json:"display_name,omitempty" maxLength:"2000"`
		ExternalID   *string `json:"external_id,omitempty" maxLength:"2000"`
		Phone        *string `json:"phone,omitempty" maxLength:"1000"`
		Note         *string `json:"note,omitempty" maxLength:"16000"`
		ValidFrom    *string `json:"valid_from,omitempty" maxLength:"64" doc:"the first day, as 2026-12-31; empty = no bound"`
		ValidUntil   *string `json:"valid_until,omitempty" maxLength:"64" doc:"the last day"`
		EraseDeleted bool    `json:"erase_deleted,omitempty" doc:"erase a deleted account that still holds the name or e-mail address"`
		PasswordRequest
	}
}

type credentialsAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     struct {
		Account    Account `json:"account"`
		Password   *string `json:"password" doc:"the generated password, this once; null = it was not generated, or is handed over"`
		SecretLink *string `json:"secret_link" doc:"the address of the secret link, this once"`
		Shown      bool    `json:"shown,omitempty" doc:"the request was sent again, and the password or link has been shown"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) createAccount(ctx context.Context, call *call, in *createRequest) (*credentialsAnswer, error) {
	body := in.Body
	if err := body.check(); err != nil {
		return nil, err
	}
	created, err := a.Accounts.Create(ctx, call.actor, accounts.NewAccount{
		Kind: models.Kind(cmp.Or(body.Kind, string(models.Customer))), Name: body.Name, Email: body.Email, Organization: body.Organization, Technical: body.Technical,
		Locale: body.Locale, Person: accounts.Person{DisplayName: body.DisplayName, ExternalID: body.ExternalID, Phone: body.Phone, Note: body.Note},
		Valid: accounts.ValidDates{From: body.ValidFrom, Until: body.ValidUntil}, Password: body.choice(), EraseDeleted: body.EraseDeleted,
	})
	if err != nil {
		return nil, err
	}
	return a.credentials(ctx, created)
}

// credentials answers with an account and its new password.
func (a *API) credentials(ctx context.Context, next accounts.NewCredentials) (*credentialsAnswer, error) {
	shown, err := a.representation(ctx, []models.Account{next.Account})
	if err != nil {
		return nil, err
	}
	out := &credentialsAnswer{ETag: etag(next.Account), Location: Prefix + "/accounts/" + next.Account.ID}
	out.Body.Account = shown[0]
	switch {
	case next.Link != nil:
		out.Body.SecretLink = new(a.SecretLink(next.Link.Token))
	case next.Password != "":
		out.Body.Password = &next.Password
	}
	return out, nil
}

type resetRequest struct {
	ChangeRequest
	Body struct {
		PasswordRequest
	}
}

func (a *API) resetPassword(ctx context.Context, call *call, in *resetRequest) (*credentialsAnswer, error) {
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	actor := call.actor
	actor.Expects = expected(in.IfMatch)
	reset, err := a.Accounts.ResetPassword(ctx, actor, in.ID, in.Body.choice(), "")
	if err != nil {
		return nil, err
	}
	if reset.Account, err = a.Accounts.Find(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	return a.credentials(ctx, reset)
}

type editRequest struct {
	ChangeRequest
	Body struct {
		Email       *string `json:"email,omitempty" maxLength:"1000"`
		Technical   *bool   `json:"technical,omitempty"`
		Locale      *string `json:"locale,omitempty" enum:",en,de"`
		DisplayName *string `json:"display_name,omitempty" maxLength:"2000"`
		ExternalID  *string `json:"external_id,omitempty" maxLength:"2000"`
		Phone       *string `json:"phone,omitempty" maxLength:"1000"`
		Note        *string `json:"note,omitempty" maxLength:"16000"`
		ValidFrom   *string `json:"valid_from,omitempty" maxLength:"64"`
		ValidUntil  *string `json:"valid_until,omitempty" maxLength:"64"`
	}
}

// editTries is how often a change is tried while others change the same account.
const editTries = 5

func (a *API) editAccount(ctx context.Context, call *call, in *editRequest) (*accountAnswer, error) {
	body := in.Body
	for try := 1; ; try++ {
		before, err := a.Accounts.Find(ctx, call.actor, in.ID)
		if err != nil {
			return nil, err
		}
		edit := accounts.Edit{
			Email: before.Email, Locale: before.Locale, Technical: before.Technical,
			Person: accounts.Person{DisplayName: body.DisplayName, ExternalID: body.ExternalID, Phone: body.Phone, Note: body.Note},
			Valid:  accounts.ValidDates{From: body.ValidFrom, Until: body.ValidUntil},
		}
		setIf(&edit.Email, body.Email)
		setIf(&edit.Locale, body.Locale)
		setIf(&edit.Technical, body.Technical)
		version, unconditional := in.IfMatch, expected(in.IfMatch) == ""
		if unconditional {
			version = etag(before)
		}
		answer, err := a.change(ctx, call, in.ID, version, func(actor core.Actor) error { return a.Accounts.Edit(ctx, actor, in.ID, edit) })
		if unconditional && try < editTries && errors.Is(err, core.ErrChangedSince) {
			continue
		}
		return answer, err
	}
}

func setIf[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

type deleteRequest struct {
	ChangeRequest
	Confirm string `query:"confirm" maxLength:"400" doc:"if given, the account's name"`
}

func (a *API) deleteAccount(ctx context.Context, call *call, in *deleteRequest) (*struct{}, error) {
	actor := call.actor
	actor.Expects = expected(in.IfMatch)
	confirm := in.Confirm
	if confirm == "" { // a program does not mistype; the id says which account is meant
		account, err := a.Accounts.Find(ctx, actor, in.ID)
		if err != nil {
			return nil, err
		}
		confirm = account.Name
	}
	return nil, a.Accounts.Delete(ctx, actor, in.ID, confirm)
}

type moveRequest struct {
	ChangeRequest
	Body struct {
		Organization  string `json:"organization" maxLength:"400" doc:"its id or name"`
		RequireChange bool   `json:"require_change,omitempty" doc:"require a new password, since the former organization may know the present one"`
	}
}

func (a *API) moveAccount(ctx context.Context, call *call, in *moveRequest) (*accountAnswer, error) {
	return a.change(ctx, call, in.ID, in.IfMatch, func(actor core.Actor) error {
		return a.Accounts.Move(ctx, actor, in.ID, in.Body.Organization, in.Body.RequireChange)
	})
}
