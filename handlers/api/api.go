package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
)

// Prefix begins the paths of the API.
const Prefix = "/api/v1"

// maxBody is the largest body, in bytes. A password of 4,096 bytes may be escaped to six times its size.
const maxBody = 64 << 10

// Options are what the API is made of.
type Options struct {
	Kit      *page.Kit
	Accounts *accounts.Service
	Words    *i18n.Catalogue
	Zone     *time.Location // in which days begin and end
	Now      func() time.Time

	Rate       int                         // requests a minute and account; 0 = no limit
	SecretLink func(token string) string   // the address of a secret link
	Ready      func(context.Context) error // database reachable and migrated
}

// API serves the REST API.
type API struct {
	Options
	huma       huma.API
	routes     []page.Route
	operations []*huma.Operation
	limits     *limits
	stopping   chan struct{} // closed when the program stops
	stopOnce   func()
	document   func() ([]byte, error) // [API.Document], made once
}

// configureHuma sets what huma keeps for the whole program.
var configureHuma = sync.OnceFunc(func() {
	huma.NewError = humaError
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		failed := humaError(status, message, errs...)
		call, ok := ctx.Context().Value(callKey{}).(*call)
		if p := (*Problem)(nil); ok && errors.As(failed, &p) {
			p.Request = page.RequestID(call.c)
		}
		return failed
	}
	huma.ValidateStrictCasing = true
})

// New makes the API.
func New(o Options) *API {
	configureHuma()
	a := &API{Options: o, limits: &limits{perMinute: o.Rate, accounts: map[string]*usage{}}}
	a.stopping = make(chan struct{})
	a.stopOnce = sync.OnceFunc(func() { close(a.stopping) })
	a.document = sync.OnceValues(a.Document)
	config := huma.DefaultConfig("Latchkey", "1")
	config.Info.Description = "Accounts, created, looked after and revoked by programs."
	config.DocsPath, config.OpenAPIPath, config.SchemasPath, config.CreateHooks = "", "", "", nil // the first loads scripts of others
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}   // the latter for problems
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token of POST /api/v1/token, or a key with direct use."},
		"key":   {Type: "http", Scheme: "bearer", Description: "An API key."},
		"basic": {Type: "http", Scheme: "basic", Description: "Name and password of a technical account."},
	}
	a.huma = huma.NewAPI(config, a)
	o.Kit.AnswerAPI(a.write)
	a.registerToken()
	a.registerMe()
	a.registerAccounts()
	a.registerAccess()
	a.registerDeleted()
	a.registerKeys()
	a.registerPolicy()
	a.registerRecords()
	a.registerEvents()
	return a
}

// Routes returns the routes of all operations, and those of the contract.
func (a *API) Routes() []page.Route { return append(a.routes, a.documentRoutes()...) }

// Handle makes a route of an operation. It is called by huma.
func (a *API) Handle(op *huma.Operation, handler func(huma.Context)) {
	a.operations = append(a.operations, op)
	path := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
	within, _ := op.Metadata[withinKey].(time.Duration)
	a.routes = append(a.routes, page.Route{Method: op.Method, Path: path, Who: page.Programs, Do: func(c echo.Context) error {
		call := &call{c: c, op: op}
		c.Set(contextCall, call)
		leave, err := a.admit(call)
		if err != nil {
			return err
		}
		defer leave()
		return a.once(call, func() error {
			request := c.Request().WithContext(context.WithValue(c.Request().Context(), callKey{}, call))
			for _, name := range c.ParamNames() {
				value, err := url.PathUnescape(c.Param(name)) // which the router does not do
				if err != nil || !page.Readable(value) {
					return core.ErrNotFound
				}
				request.SetPathValue(name, value)
			}
			handler(humago.NewContext(op, request, c.Response()))
			return nil
		})
	}}.Limit(maxBody).Within(within))
}

// ServeHTTP is called by huma in tests only.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.Kit.ServeHTTP(w, r) }

// call is one request.
type call struct {
	c  echo.Context
	op *huma.Operation

	// Of operations that are not open to anyone:
	actor   core.Actor
	account models.Account // whose token or key it is
}

type callKey struct{}

// contextCall is the key of the call in the request's context.
const contextCall = "call"

// isParameter reports whether the operation has a parameter of the name.
func (c *call) isParameter(name string) bool {
	return c != nil && slices.ContainsFunc(c.op.Parameters, func(p *huma.Param) bool { return p.Name == name })
}

// access is who may use an operation.
type access int

const (
	tokens    access = iota // every token
	operators               // those whose accounts look after others
	writers                 // the same with a key that may write
	anyone                  // without a key
)

// The keys of an operation's metadata.
const (
	accessKey = "access"
	withinKey = "within"
)

// operation describes an operation.
type operation struct {
	id, method, path, summary string
	who                       access
	status                    int      // of success; 0 = 200
	errors                    []int    // statuses, in addition to those that every operation has
	auth                      []string // how a client says who it is, of an operation for anyone; nil = it need not
	tag                       string
	within                    time.Duration // the time of a request, if it is not the usual
}

// register adds an operation.
func register[I, O any](a *API, o operation, do func(ctx context.Context, call *call, in *I) (*O, error)) {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: Prefix + o.path, Summary: o.summary, DefaultStatus: o.status, MaxBodyBytes: maxBody,
		Metadata: map[string]any{accessKey: o.who, withinKey: o.within}, Tags: []string{o.tag},
		Errors: append(o.errors, http.StatusBadRequest, http.StatusNotAcceptable, http.StatusServiceUnavailable),
	}
	for _, scheme := range o.auth {
		op.Security = append(op.Security, map[string][]string{scheme: {}})
	}
	if o.who != anyone {
		op.Security = []map[string][]string{{"token": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
	}
	if o.method != http.MethodGet && o.method != http.MethodDelete {
		op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	if op.Method == http.MethodPost && o.who == writers {
		op.Errors = append(op.Errors, http.StatusConflict)
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: idempotencyHeader, In: "header", Schema: &huma.Schema{Type: "string", MaxLength: new(maxIdempotencyKey)},
			Description: "makes the request safe to send again within 24 hours: it gets the answer of the first one",
		})
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		call, _ := ctx.Value(callKey{}).(*call) // which Handle has set
		out, err := do(ctx, call, in)
		if err != nil {
			return nil, a.failed(call, err)
		}
		return out, nil
	})
}

// failed records an error and turns it into a problem.
func (a *API) failed(call *call, err error) error {
	if errors.Is(err, core.ErrSignedOut) { // since the request began
		err = apikey.ErrInvalid
	}
	status := page.StatusOf(err)
	if errors.Is(err, errBasic) {
		status = http.StatusUnauthorized
	}
	a.Kit.NoteError(call.c, status, err)
	return a.problem(call.c, status, err)
}
