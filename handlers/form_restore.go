package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/views"
)

// A form that is sent after its session has ended is answered with the sign-in page, which carries what was typed in hidden
// fields. After the sign-in it is stored in the new session until the form's page fills it in; nothing is sent by itself. So
// nothing of a stranger is stored, and since forms of other sites are refused, none of them can fill in a form here.

// restorableForm is a form whose text survives the end of a session: its page and the fields that are kept, never passwords.
type restorableForm struct {
	page   func(echo.Context) string
	fields []string
}

var (
	passwordFields = []string{"password_mode", "one_time", "generator_length", "generator_upper", "generator_lower", "generator_digits", "generator_special"}
	newAccount     = append([]string{"name", "email", "organization", "locale", "technical"}, passwordFields...)
)

// restorableForms are all of them, by path.
var restorableForms = map[string]restorableForm{
	"/accounts":                   {newAccountPage, newAccount},
	"/accounts/generate-password": {generatingPage, newAccount},
	"/accounts/:id/password":      {accountPage, passwordFields},
	"/accounts/:id/edit":          {accountPage, []string{"email", "locale", "technical"}},
	"/accounts/:id/move":          {accountPage, []string{"organization", "require_change"}},
	"/accounts/:id/delete":        {accountPage, []string{"confirm"}},
	"/me/edit":                    {at(views.MeURL), []string{"locale"}},
	"/password":                   {at(views.PasswordURL), nil},
	"/password/suggest":           {at(views.PasswordURL), nil},
	"/policy/preview":             {at(views.PolicyPreviewURL), []string{"policy"}},
}

func at(url string) func(echo.Context) string { return func(echo.Context) string { return url } }

func newAccountPage(c echo.Context) string {
	if kind := models.Kind(field(c, "kind")); validKind(kind) {
		return views.NewAccountURL(kind)
	}
	return views.NewAccountURL(models.Customer)
}

func accountPage(c echo.Context) string { return views.AccountURL(c.Param("id")) }

func generatingPage(c echo.Context) string {
	if id := field(c, "account"); models.IsID(id) {
		return views.AccountURL(id)
	}
	return newAccountPage(c)
}

const (
	// restorePrefix stands before the names of the sign-in page's hidden fields.
	restorePrefix = "kept."
	// byField is the account that opened the form; another account does not get its text.
	byField = "by"
	// maxRestored bounds what is kept of a form, in bytes as it is sent: together with a password it fits into the sign-in form.
	maxRestored = 16 << 10
)

// rerenderSignInAfterExpiry answers a form whose session has ended with the sign-in page, which keeps what was typed. Without a form of
// that kind the session's end is an error.
func (s *Server) rerenderSignInAfterExpiry(c echo.Context, ended error) error {
	form, ok := restorableForms[c.Path()]
	if !ok || c.Request().Method != post || wantsJSON(c) {
		return ended
	}
	frame := s.plainFrame(c, "Sign in")
	frame.Reader = nil
	page := views.SignInPage{Frame: frame, Help: s.Help, Ended: true, Secure: s.securePage(c)}
	page.Kept = hiddenFields(typed(c, form.fields))
	page.Next = localTarget(form.page(c))
	return render(c, http.StatusUnauthorized, views.SignIn(page))
}

// typed is what is kept of the form that was sent; it is empty if that is too much.
func typed(c echo.Context, fields []string) url.Values {
	if r := c.Request(); isUploadRoute(c) { // whose route has not read it
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxPasswordForm)
		if err := r.ParseMultipartForm(maxPasswordForm); err != nil {
			return nil
		}
	}
	return kept(c, "", fields)
}

// kept reads fields with the prefix. Without the prefix they are those of a form, and with it those of the sign-in page.
func kept(c echo.Context, prefix string, fields []string) url.Values {
	sent, found := c.Request().PostForm, url.Values{}
	for _, name := range fields {
		if value := sent.Get(prefix + name); sent.Has(prefix+name) && readable(value) {
			found.Set(name, value)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if by := sent.Get(prefix + byField); by != "" {
		found.Set(byField, by)
	}
	if len(found.Encode()) > maxRestored {
		return nil
	}
	return found
}

// carriedForm is what the sign-in page has carried.
func carriedForm(c echo.Context) url.Values {
	return kept(c, restorePrefix, append([]string{"require_change", "confirm", "policy"}, newAccount...))
}

// hiddenFields puts what was typed into the sign-in page.
func hiddenFields(values url.Values) (fields []views.Hidden) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fields = append(fields, views.Hidden{Name: restorePrefix + name, Value: values.Get(name)})
	}
	return fields
}

// saveForm gives what was typed into a session, with the page that fills it in; "" if it is not for this account.
func (s *Server) saveForm(in accounts.SignedIn, next string, values url.Values) string {
	by := values.Get(byField)
	if len(values) == 0 || by != "" && by != in.Account.ID || s.targetOrHome(next, in.Account) != next {
		return ""
	}
	return next + "\n" + values.Encode()
}

// restoreForm puts what was typed before the session ended in place of the form that was sent, once, if this page is its page.
func (s *Server) restoreForm(c echo.Context) bool {
	session := session(c)
	text, _ := session.Values[formKey].(string)
	page, encoded, _ := strings.Cut(text, "\n")
	if r := c.Request(); page == "" || page != r.URL.RequestURI() || r.Method != http.MethodGet {
		return false
	}
	delete(session.Values, formKey)
	said, _ := session.Values[flashKey].(string)
	session.Values[flashKey] = strings.TrimSpace(said + " " + s.words(c).T("Your entries are filled in again, except passwords. Nothing has been sent yet."))
	s.save(c)
	values, err := url.ParseQuery(encoded)
	c.Request().PostForm = values
	return err == nil
}
