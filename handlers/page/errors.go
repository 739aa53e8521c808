package page

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// Errors of requests rather than of use cases.
const (
	errInvalidRequest core.Code = "request.invalid"
	errMethod         core.Code = "request.method"
	errTooLarge       core.Code = "request.too_large"
	errURITooLong     core.Code = "request.uri_too_long"
	errMediaType      core.Code = "request.media_type"
	errUnavailable    core.Code = "unavailable"
	errInternal       core.Code = "internal"
)

// ErrorTexts has the title of each error page, and the code for errors that have none.
var ErrorTexts = map[int]struct {
	title i18n.Msg
	code  core.Code
}{
	http.StatusBadRequest:            {"Invalid request", errInvalidRequest},
	http.StatusUnauthorized:          {"You are not signed in", core.ErrSignedOut},
	http.StatusForbidden:             {"You don't have access to this page", core.ErrForbidden},
	http.StatusNotFound:              {"Page not found", core.ErrNotFound},
	http.StatusMethodNotAllowed:      {"Not possible here", errMethod},
	http.StatusRequestEntityTooLarge: {"Too large", errTooLarge},
	http.StatusRequestURITooLong:     {"Link too long", errURITooLong},
	http.StatusUnsupportedMediaType:  {"Invalid request", errMediaType},
	http.StatusUnprocessableEntity:   {"Not possible", errInvalidRequest},
	http.StatusTooManyRequests:       {"Too many attempts", core.ErrTooMany},
	http.StatusServiceUnavailable:    {"The service is busy", errUnavailable},
	http.StatusInternalServerError:   {"Something went wrong", errInternal},
}

// CodeOf returns the code of errors that have none of their own.
func CodeOf(status int) core.Code {
	if texts, ok := ErrorTexts[status]; ok {
		return texts.code
	}
	return errInternal
}

// statuses maps error codes to statuses; the default is 422.
var statuses = map[core.Code]int{
	core.ErrSignedOut: http.StatusUnauthorized,
	core.ErrNotFound:  http.StatusNotFound,
	core.ErrLink:      http.StatusNotFound,
	core.ErrForbidden: http.StatusForbidden,
	core.ErrForged:    http.StatusForbidden,
	core.ErrAddress:   http.StatusForbidden,
	core.ErrOff:       http.StatusForbidden,

	core.ErrEmergencySession: http.StatusForbidden,

	apikey.ErrInvalid:   http.StatusUnauthorized,
	apikey.ErrNotDirect: http.StatusForbidden,
	core.ErrReadOnly:    http.StatusForbidden,

	core.ErrPasswordFirst: http.StatusForbidden,
	core.ErrFactorFirst:   http.StatusForbidden,
	apikey.ErrNoVerify:    http.StatusForbidden,

	core.ErrChangedSince: http.StatusPreconditionFailed,
	apikey.ErrRunning:    http.StatusConflict,

	core.ErrOwnAccount: http.StatusForbidden,
	core.ErrBusy:       http.StatusServiceUnavailable,
	core.ErrTooMany:    http.StatusTooManyRequests,
	errStillRunning:    http.StatusServiceUnavailable,
}

// answerError turns every error into an answer. Internal texts go to the log only.
func (s *Kit) answerError(err error, c echo.Context) {
	if c.Response().Committed || errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		return
	}
	status, write := StatusOf(err), s.writeError
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		c.Response().Header().Set("Retry-After", RetryAfter(err))
	}
	if isAPI(c.Request()) && s.writeAPIError != nil {
		write = s.writeAPIError
	} else {
		s.loadVisitorForError(c, status, err)
	}
	s.NoteError(c, status, err)
	if err := write(c, status, err); err != nil {
		s.Log.Error("writing an error page failed", "error", err)
		c.Response().WriteHeader(http.StatusInternalServerError)
	}
}

// logError logs what is wrong with the program or its database.
func (s *Kit) logError(c echo.Context, status int, err error) {
	switch {
	case errors.As(err, new(core.BusyError)):
		s.busy.note()
	case status >= http.StatusInternalServerError:
		s.Log.Error("request failed", "status", status, "path", s.loggedPath(c), "id", RequestID(c), "error", err)
	}
}

// busyLogEvery is how often requests are logged that were refused because too many passwords were waiting to be hashed.
const busyLogEvery = 10 * time.Second

// busyLog logs these refusals together, so that a flood does not write a line for each request.
type busyLog struct {
	mu      sync.Mutex
	now     func() time.Time
	log     *slog.Logger
	last    time.Time // when they were last logged
	refused int       // since then
}

func (b *busyLog) note() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused++
	now := b.now()
	if age := now.Sub(b.last); age >= 0 && age < busyLogEvery {
		return
	}
	b.log.Warn("requests refused, too many passwords are waiting", "requests", b.refused)
	b.last, b.refused = now, 0
}

// loadVisitorForError loads the visitor if no route did: for the frame of a 404 page, and to record a refusal.
func (s *Kit) loadVisitorForError(c echo.Context, status int, err error) {
	if Session(c) != nil || s.tokenPaths[c.Path()] || status >= http.StatusInternalServerError || status == http.StatusMisdirectedRequest {
		return
	}
	if accounts.RefusalReason(err) == "" && !s.Accounts.MayEnterFrom(c.RealIP()) {
		return
	}
	if err := s.loadVisitor(c); err != nil {
		s.Log.Warn("loading the visitor for an error page failed", "error", err)
	}
}

// visitorOf returns the visitor, also one who may not use their session from this address; nil = there is none.
func visitorOf(c echo.Context) *session.Current {
	who, stored := Visitor(c), Session(c)
	if who == nil && stored != nil {
		who, _ = stored.Values[ipBlockedKey{}].(*session.Current)
	}
	return who
}

// recordRefusal audits a refusal to an account that is known, by the pattern of the route: addresses can hold anything.
func (s *Kit) recordRefusal(c echo.Context, err error) {
	if actor, ok := refusedActor(c, err); ok {
		act := accounts.RefusedAct{Method: methodOf(c), Route: s.routeOf(c), Target: c.Param("id")}
		s.Accounts.RecordRefused(c.Request().Context(), actor, act, err)
	}
}

// StatusOf returns the status of the answer to an error.
func StatusOf(err error) int {
	var asHTTP *echo.HTTPError
	var code core.Code
	var invalid *core.ValidationError
	switch {
	case errors.As(err, &asHTTP):
		return asHTTP.Code
	case errors.As(err, new(interface{ RetryIn() time.Duration })):
		return http.StatusTooManyRequests
	case errors.As(err, new(core.GateError)):
		return http.StatusForbidden
	case errors.As(err, &code) && statuses[code] != 0:
		return statuses[code]
	case errors.As(err, &code), errors.As(err, &invalid):
		return http.StatusUnprocessableEntity
	case models.Unavailable(err):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// RetryAfter returns how many seconds to wait before the next try, at least one.
func RetryAfter(err error) string {
	var busy core.BusyError
	var tooMany core.TooManyError
	var slower interface{ RetryIn() time.Duration }
	pause := 2 * time.Second
	switch {
	case errors.As(err, &slower):
		pause = slower.RetryIn()
	case errors.As(err, &busy):
		pause = busy.RetryAfter
	case errors.As(err, &tooMany):
		pause = tooMany.RetryAfter
	}
	return strconv.Itoa(max(1, int(math.Ceil(pause.Seconds()))))
}

// writeError answers even if the request's context was cancelled: otherwise the page would not be rendered, and a truncated form
// would become a 500.
func (s *Kit) writeError(c echo.Context, status int, err error) error {
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	if WantsJSON(c) {
		answer := map[string]string{"error": http.StatusText(status), "request": RequestID(c)}
		if held := (core.GateError{}); errors.As(err, &held) {
			answer["gate"] = held.Gate
		}
		if off := (core.OffError{}); errors.As(err, &off) {
			answer["setting"] = off.Setting
		}
		return c.JSON(status, answer)
	}
	if status == http.StatusMisdirectedRequest {
		return Render(c, status, views.Misdirected(s.misdirected(c)))
	}
	frame := s.PlainFrame(c, "")
	if status < http.StatusInternalServerError {
		s.tryFrame(c, &frame)
	}
	page := ErrorPage(frame, status, err, Failure{RequestID: RequestID(c), Retry: s.retryURL(c), Help: s.Help})
	if status == http.StatusServiceUnavailable {
		s.offerAgain(c, &page)
	}
	return Render(c, status, views.Error(page))
}

// offerAgain lets a form with text be sent again, under its own id and to its own address. The page has what the client has just
// sent, so no session is needed.
func (s *Kit) offerAgain(c echo.Context, page *views.ErrorPage) {
	form := s.route(c).restore
	if form == nil || len(form.fields) == 0 || c.Request().Method != http.MethodPost || s.IsUpload(c) {
		return
	}
	values := kept(c, "", append([]string{"kind", "account"}, form.fields...))
	if values == nil {
		return
	}
	if submission := Field(c, "submission"); models.IsID(submission) {
		page.Submission = submission
	}
	page.Again.URL = c.Request().URL.RequestURI()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		page.Again.Fields = append(page.Again.Fields, views.Hidden{Name: name, Value: values.Get(name)})
	}
	page.Ways = slices.DeleteFunc(page.Ways, func(way ui.Option) bool { return way.Value == s.retryURL(c) }) // where it would be empty
}

// Failure is what an error page says of its request.
type Failure struct {
	RequestID string
	Retry     string // the page to try again from
	Help      string // how to reach the operator
}

// retryURL returns the page that was asked for, or the page of the form that was sent; without one the start page.
func (s *Kit) retryURL(c echo.Context) string {
	r, route := c.Request(), s.route(c)
	switch {
	case r.Method == http.MethodGet:
		return cmp.Or(LocalTarget(r.URL.RequestURI()), r.URL.Path)
	case route.restore != nil:
		return cmp.Or(LocalTarget(route.restore.page(c)), views.HomeURL)
	}
	if _, ok := s.routes[routeKey{http.MethodGet, c.Path()}]; ok && r.URL.Path == c.Path() {
		return r.URL.Path
	}
	return views.HomeURL
}

// ErrorPage returns the page of an error with its status.
func ErrorPage(frame ui.Frame, status int, failed error, about Failure) views.ErrorPage {
	texts, ok := ErrorTexts[status]
	if !ok {
		texts = ErrorTexts[http.StatusInternalServerError]
	}
	frame.Title, frame.Here = frame.T(texts.title), "" // the same page for every address
	explained := append(core.Describe(failed), core.FieldError{Code: texts.code})
	page := views.ErrorPage{
		Frame: frame, Status: status, Text: words.Error(frame.Printer, explained[0]), RequestID: about.RequestID,
		Search: status == http.StatusNotFound && frame.May(views.SearchURL), Ways: waysOn(frame, status, about.Retry),
	}
	if status == http.StatusForbidden && !frame.Reader.IsSuperAdmin() {
		page.Help = about.Help
	}
	var scheme schemeMismatchError
	var tooMany core.TooManyError
	var off core.OffError
	switch {
	case errors.Is(failed, core.ErrLink):
		page.Title, page.Search, page.Ways = frame.T("This link is not valid"), false, withForgot(frame, page.Ways)
	case errors.Is(failed, core.ErrAddress):
		page.Ways = nil // every page gives the same answer
	case errors.As(failed, &scheme) && strings.HasPrefix(scheme.address, "https:"):
		page.Text = frame.T("You opened this page over http, so nothing was changed. Open {{.Address}} and try again.", "Address", scheme.address)
		page.Ways = []ui.Option{{Value: scheme.address, Label: frame.T("Open over HTTPS")}}
	case errors.As(failed, &tooMany):
		page.Text = words.TooMany(frame.Printer, tooMany.RetryAfter)
	case errors.As(failed, &off) && frame.Reader.IsSuperAdmin():
		page.Text = frame.T("Switched off by the setting {{.Name}}.", "Name", off.Setting)
	case errors.Is(failed, core.ErrForbidden) && frame.Reader.Operates() && !frame.Reader.IsSuperAdmin():
		page.Text = frame.T("Only SuperAdmins can do this. Ask one of them.")
	}
	return page
}

// withForgot adds to the ways on from a dead link that a guest may ask for another one.
func withForgot(frame ui.Frame, ways []ui.Option) []ui.Option {
	if frame.Reader != nil || frame.Capturing {
		return ways
	}
	return append(ways, ui.Option{Value: views.ForgotURL, Label: frame.T("Forgot your password?")})
}

// waysOn returns where to go on from an error page, the best one first.
func waysOn(frame ui.Frame, status int, retry string) (ways []ui.Option) {
	way := func(url string, label i18n.Msg) { ways = append(ways, ui.Option{Value: url, Label: frame.T(label)}) }
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		way(retry, "Try again")
	}
	switch reader := frame.Reader; {
	case reader == nil && status >= http.StatusInternalServerError: // the visitor was not looked up
	case reader == nil:
		if len(ways) == 0 || retry != views.SignInURL {
			way(views.SignInURL, "Sign in")
		}
	case reader.Pending:
		way(views.HomeURL, "Continue")
	case !reader.Operates():
		way(views.MeURL, "Your account")
	default:
		if status == http.StatusNotFound {
			way(views.AccountsURL, "Accounts")
		}
		way(views.HomeURL, "Back to overview")
	}
	return ways
}
