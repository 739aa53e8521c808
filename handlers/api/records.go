package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// event is an event of the audit log.
type event struct {
	ID      string            `json:"id" format:"uuid"`
	At      time.Time         `json:"at"`
	Action  string            `json:"action"`
	Actor   party             `json:"actor"`
	Target  party             `json:"target"`
	Address string            `json:"address,omitempty" doc:"the IP address, if it may be seen"`
	Details map[string]string `json:"details"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// party is an account as it was called then.
type party struct {
	ID   string `json:"id,omitempty" doc:"missing = the system, a command or an unknown client"`
	Name string `json:"name,omitempty"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// Mail is a mail of the queue.
type Mail struct {
	ID         string     `json:"id" format:"uuid"`
	Template   string     `json:"template"`
	State      string     `json:"state"`
	To         string     `json:"to"`
	Account    party      `json:"account"`
	Subject    string     `json:"subject"`
	CreatedAt  time.Time  `json:"created_at"`
	Tries      int        `json:"tries"`
	NextTryAt  *time.Time `json:"next_try_at,omitempty"`
	DoneAt     *time.Time `json:"done_at,omitempty"`
	LastAnswer string     `json:"last_answer,omitempty" doc:"of the mail server"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// Task is long work in the background.
type Task struct {
	ID        string          `json:"id" format:"uuid"`
	Kind      string          `json:"kind"`
	State     string          `json:"state"`
	By        party           `json:"by"`
	CreatedAt time.Time       `json:"created_at"`
	DoneAt    *time.Time      `json:"done_at,omitempty"`
	Done      int             `json:"done" doc:"units of work"`
	Total     int             `json:"total" doc:"0 = not known"`
	Report    json.RawMessage `json:"report,omitempty"`
	Error     string          `json:"error,omitempty" doc:"of the last try that failed"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

// secretLink is a secret link, without its address.
type secretLink struct {
	ID        string    `json:"id" format:"uuid"`
	Account   party     `json:"account"`
	Maker     party     `json:"maker"`
	State     string    `json:"state"`
	Reads     int       `json:"reads"`
	ReadsLeft int       `json:"reads_left"`
	CreatedAt time.Time `json:"created_at"`
	EndsAt    time.Time `json:"ends_at"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

func (a *API) registerRecords() {
	filtered := []int{http.StatusUnprocessableEntity}
	register(a, operation{id: "list-organizations", method: http.MethodGet, path: "/organizations", tag: "Organizations", who: operators, errors: filtered, summary: "The organizations whose customers the key may look after"}, a.listOrganizations)
	register(a, operation{id: "list-audit", method: http.MethodGet, path: "/audit", tag: "Records", who: operators, errors: filtered, summary: "The audit log, the newest events first"}, a.listAudit)
	register(a, operation{id: "list-mails", method: http.MethodGet, path: "/mails", tag: "Records", who: operators, errors: filtered, summary: "All mails, the newest first"}, a.listMails)
	register(a, operation{id: "get-mail", method: http.MethodGet, path: "/mails/{id}", tag: "Records", who: operators, errors: []int{http.StatusNotFound}, summary: "One mail with its text"}, a.getMail)
	register(a, operation{id: "retry-mail", method: http.MethodPost, path: "/mails/{id}/retry", tag: "Records", who: writers, status: http.StatusNoContent, errors: []int{http.StatusNotFound}, summary: "Send a failed mail again"}, a.retryMail)
	register(a, operation{id: "retry-mails", method: http.MethodPost, path: "/mails/retry", tag: "Records", who: writers, errors: filtered, summary: "Send all failed mails again"}, a.retryMails)
	register(a, operation{id: "list-tasks", method: http.MethodGet, path: "/tasks", tag: "Records", who: operators, summary: "The newest tasks in the background"}, a.listTasks)
	register(a, operation{id: "get-task", method: http.MethodGet, path: "/tasks/{id}", tag: "Records", who: operators, errors: []int{http.StatusNotFound}, summary: "One task with its report"}, a.getTask)
	register(a, operation{id: "cancel-task", method: http.MethodPost, path: "/tasks/{id}/cancel", tag: "Records", who: writers, status: http.StatusNoContent, errors: []int{http.StatusNotFound}, summary: "Cancel a task"}, a.cancelTask)
	register(a, operation{id: "list-links", method: http.MethodGet, path: "/links", tag: "Links", who: operators, errors: filtered, summary: "Secret links, the newest first"}, a.listLinks)
	register(a, operation{id: "revoke-link", method: http.MethodDelete, path: "/links/{id}", tag: "Links", who: writers, status: http.StatusNoContent, errors: []int{http.StatusNotFound}, summary: "Revoke a secret link"}, a.revokeLink)
	register(a, operation{id: "get-health", method: http.MethodGet, path: "/health", tag: "Server", who: anyone, summary: "Whether the server works"}, a.getHealth)
}

// nextID returns the cursor behind the last row of a page that is sorted by id; "" = it is the last page.
func nextID[T any](call *call, page models.Page[T], id func(T) string) string {
	if !page.More || len(page.Rows) == 0 {
		return ""
	}
	return sealCursor(call, id(page.Rows[len(page.Rows)-1]))
}

// idCursor reads the cursor of such a list.
func idCursor(call *call, text string) (string, error) {
	cursor, err := openCursor(call, text)
	if err == nil && cursor != "" && !models.IsID(cursor) {
		err = core.Invalid("after", errCursor)
	}
	return cursor, err
}

func (a *API) listOrganizations(ctx context.Context, call *call, in *struct{ Paging }) (*listAnswer[reference], error) {
	var rows []models.Account
	var next string
	var err error
	if call.actor.MaySeeEverything() {
		rows, next, err = a.page(ctx, call, call.actor, models.AccountFilter{Kind: models.Organization, Limit: in.Limit}, in.After)
	} else {
		rows, next, err = a.ownOrganizations(ctx, call, in.Paging)
	}
	if err != nil {
		return nil, err
	}
	items := make([]reference, len(rows))
	for i, row := range rows {
		items[i] = reference{ID: row.ID, Name: row.Name}
	}
	return newList(call, items, next), nil
}

// ownOrganizations are a page of those that the actor looks after.
func (a *API) ownOrganizations(ctx context.Context, call *call, in Paging) (rows []models.Account, next string, err error) {
	after, err := idCursor(call, in.After)
	if err != nil {
		return nil, "", err
	}
	if rows, err = a.Accounts.Scope(ctx, call.actor); err != nil {
		return nil, "", err
	}
	rows = slices.DeleteFunc(rows, func(o models.Account) bool { return o.ID <= after })
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		next = sealCursor(call, rows[in.Limit-1].ID)
	}
	return rows, next, nil
}

type auditRequest struct {
	Action       string `query:"action" maxLength:"64"`
	Account      string `query:"account" format:"uuid" doc:"the id of the target"`
	Actor        string `query:"actor" maxLength:"400" doc:"an id, or a name that accounts have or had"`
	Target       string `query:"target" maxLength:"400"`
	Address      string `query:"ip" maxLength:"64" doc:"an address or a network"`
	From         string `query:"from" format:"date" doc:"the first day"`
	To           string `query:"to" format:"date" doc:"the last day"`
	Search       string `query:"q" maxLength:"500"`
	Organization string `query:"organization" maxLength:"400" doc:"events of its customers and of itself: its id or name"`
	Paging
}

// What is wrong with a filter of the audit log.
const (
	errAction  core.Code = "audit.action_unknown"
	errNetwork core.Code = "audit.network_invalid"
	errDay     core.Code = "date.invalid"
)

func (a *API) listAudit(ctx context.Context, call *call, in *auditRequest) (*listAnswer[event], error) {
	actor, organization, err := a.within(ctx, call, in.Organization)
	if err != nil {
		return nil, err
	}
	f, err := a.auditFilter(ctx, in)
	if err != nil {
		return nil, err
	}
	f.OrganizationID = organization
	if f.After, err = idCursor(call, in.After); err != nil {
		return nil, err
	}
	found, err := a.Accounts.Audit(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	items := make([]event, len(found.Rows))
	for i, row := range found.Rows {
		items[i] = eventOf(actor, row)
	}
	next := nextID(call, found.Page, func(e models.AuditEvent) string { return e.ID })
	if found.ReadTo != "" { // a search ended before the page was full
		next = sealCursor(call, found.ReadTo)
	}
	return newList(call, items, next), nil
}

func eventOf(actor core.Actor, row models.AuditEvent) event {
	return event{
		ID: row.ID, At: row.At, Action: row.Action, Actor: party{ID: row.ActorID, Name: row.ActorName}, Target: party{ID: row.SubjectID, Name: row.SubjectName},
		Address: row.Address, Details: detailsFor(actor, row),
	}
}

// detailsFor returns the details of an event that the actor may see: the former organization of a moved customer is another one's.
func detailsFor(actor core.Actor, row models.AuditEvent) map[string]string {
	details := maps.Clone(row.Detail)
	if !actor.MaySeeEverything() {
		delete(details, string(core.DetailFrom))
	}
	if details == nil {
		details = map[string]string{}
	}
	return details
}

func (a *API) auditFilter(ctx context.Context, in *auditRequest) (f models.AuditFilter, err error) {
	var wrong core.FieldErrors
	f = models.AuditFilter{Action: in.Action, SubjectID: in.Account, Search: in.Search, Limit: in.Limit}
	if in.Action != "" && !slices.Contains(core.Actions(), in.Action) {
		wrong.AddField("action", errAction)
	}
	if in.Account != "" && !models.IsID(in.Account) {
		return f, core.ErrNotFound
	}
	if text := strings.TrimSpace(in.Address); text != "" {
		var ok bool
		if f.Network, ok = core.ParseNetwork(text); !ok {
			wrong.AddField("ip", errNetwork)
		}
	}
	f.From = a.midnight(&wrong, "from", in.From, 0)
	f.To = a.midnight(&wrong, "to", in.To, 1)
	if err := wrong.Err(); err != nil {
		return f, err
	}
	err = a.auditParties(ctx, in, &f)
	return f, err
}

// midnight returns the id of the beginning of a day, or of one that comes so many days later; "" = there is none.
func (a *API) midnight(wrong *core.FieldErrors, name, day string, later int) string {
	if day == "" {
		return ""
	}
	at, err := time.ParseInLocation(time.DateOnly, day, a.Zone)
	if err != nil || at.Year() < firstYear {
		wrong.AddField(name, errDay)
		return ""
	}
	return models.FirstID(core.Midnight(at, a.Zone, later))
}

// auditParties finds who is meant by the actor and the target of a filter.
func (a *API) auditParties(ctx context.Context, in *auditRequest, f *models.AuditFilter) error {
	if in.Actor != "" {
		found, err := a.Accounts.AuditActors(ctx, in.Actor)
		if err != nil {
			return err
		}
		f.Actors = append([]models.AuditActor{}, found...)
	}
	if in.Target == "" {
		return nil
	}
	found, err := a.Accounts.AuditActors(ctx, in.Target)
	f.Targets = []string{}
	for _, target := range found {
		if target.ID != "" {
			f.Targets = append(f.Targets, target.ID)
		}
	}
	return err
}

// firstYear is the first year that ids have.
const firstYear = 1971

type mailsRequest struct {
	State    string `query:"state" enum:"waiting,sending,sent,failed,captured,dropped,held-back"`
	Template string `query:"template" maxLength:"64"`
	To       string `query:"to" maxLength:"400"`
	Paging
}

func (a *API) listMails(ctx context.Context, call *call, in *mailsRequest) (*listAnswer[Mail], error) {
	f := models.MailFilter{State: models.MailState(in.State), Template: in.Template, Recipient: in.To, Limit: in.Limit}
	var err error
	if f.After, err = idCursor(call, in.After); err != nil {
		return nil, err
	}
	found, err := a.Accounts.Mail.List(ctx, call.actor, f)
	if err != nil {
		return nil, err
	}
	items := make([]Mail, len(found.Rows))
	for i, row := range found.Rows {
		items[i] = mailOf(row)
	}
	return newList(call, items, nextID(call, found, func(m models.Mail) string { return m.ID })), nil
}

func mailOf(row models.Mail) Mail {
	one := Mail{
		ID: row.ID, Template: row.Template, State: string(row.State), To: row.Recipient, Account: party{Name: row.AccountName}, Subject: row.Subject,
		CreatedAt: row.CreatedAt, Tries: row.Tries, DoneAt: row.DoneAt, LastAnswer: row.LastAnswer,
	}
	if row.AccountID != nil {
		one.Account.ID = *row.AccountID
	}
	if row.State == models.MailWaiting {
		one.NextTryAt = &row.NextTryAt
	}
	return one
}

type idRequest struct {
	ID string `path:"id" maxLength:"64"`
}

type mailAnswer struct {
	Body struct {
		Mail
		Text string `json:"text" doc:"without the token of a link"`
		HTML string `json:"html"`
	}
}

func (a *API) getMail(ctx context.Context, call *call, in *idRequest) (*mailAnswer, error) {
	row, err := a.Accounts.Mail.Find(ctx, call.actor, in.ID)
	if err != nil {
		return nil, err
	}
	var out mailAnswer
	out.Body.Mail, out.Body.Text, out.Body.HTML = mailOf(row), row.TextBody, row.HTMLBody
	return &out, nil
}

func (a *API) retryMail(ctx context.Context, call *call, in *idRequest) (*struct{}, error) {
	return nil, a.Accounts.Mail.Retry(ctx, call.actor, in.ID)
}

type retriedAnswer struct {
	Body struct {
		Mails int `json:"mails" doc:"how many are sent again"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) retryMails(ctx context.Context, call *call, _ *struct{}) (*retriedAnswer, error) {
	var out retriedAnswer
	var err error
	out.Body.Mails, err = a.Accounts.Mail.RetryFailed(ctx, call.actor)
	return &out, err
}

func (a *API) listTasks(ctx context.Context, call *call, _ *struct{}) (*listAnswer[Task], error) {
	rows, err := a.Accounts.Tasks.List(ctx, call.actor)
	items := make([]Task, len(rows))
	for i, row := range rows {
		items[i] = taskOf(row)
	}
	return newList(call, items, ""), err
}

func taskOf(row models.Task) Task {
	one := Task{
		ID: row.ID, Kind: row.Kind, State: string(row.State), By: party{ID: row.ActorID, Name: row.ActorName}, CreatedAt: row.CreatedAt, DoneAt: row.DoneAt,
		Done: row.Done, Total: row.Total, Error: row.Error,
	}
	if json.Valid([]byte(row.Report)) {
		one.Report = json.RawMessage(row.Report)
	}
	return one
}

type taskAnswer struct{ Body Task }

func (a *API) getTask(ctx context.Context, call *call, in *idRequest) (*taskAnswer, error) {
	row, err := a.Accounts.Tasks.Find(ctx, call.actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &taskAnswer{taskOf(row)}, nil
}

func (a *API) cancelTask(ctx context.Context, call *call, in *idRequest) (*struct{}, error) {
	return nil, a.Accounts.Tasks.Cancel(ctx, call.actor, in.ID)
}

func (a *API) listLinks(ctx context.Context, call *call, in *struct{ Paging }) (*listAnswer[secretLink], error) {
	f := models.SecretLinkFilter{Limit: in.Limit}
	var err error
	if f.After, err = idCursor(call, in.After); err != nil {
		return nil, err
	}
	found, err := a.Accounts.Handover.List(ctx, call.actor, f)
	if err != nil {
		return nil, err
	}
	items := make([]secretLink, len(found.Rows))
	for i, row := range found.Rows {
		items[i] = a.secretLinkOf(row)
	}
	return newList(call, items, nextID(call, found, func(l models.ListedSecretLink) string { return l.ID })), nil
}

func (a *API) secretLinkOf(row models.ListedSecretLink) secretLink {
	one := secretLink{
		ID: row.ID, Account: party{ID: row.Account.ID, Name: row.Account.Name}, Maker: party{Name: row.MakerName}, State: string(row.State(a.Now())),
		Reads: row.Reads, ReadsLeft: row.ReadsLeft, CreatedAt: row.CreatedAt, EndsAt: row.EndsAt,
	}
	if row.MakerID != nil {
		one.Maker.ID = *row.MakerID
	}
	return one
}

func (a *API) revokeLink(ctx context.Context, call *call, in *idRequest) (*struct{}, error) {
	return nil, a.Accounts.Handover.Revoke(ctx, call.actor, in.ID)
}

type healthAnswer struct {
	Body struct {
		Status string `json:"status" enum:"ok"`

		_ struct{} `json:"-" additionalProperties:"true"`
	}
}

func (a *API) getHealth(ctx context.Context, _ *call, _ *struct{}) (*healthAnswer, error) {
	var out healthAnswer
	out.Body.Status = "ok"
	return &out, a.Ready(ctx)
}
