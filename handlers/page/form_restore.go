package page

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/session"
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

const (
	// restorePrefix stands before the names of the sign-in page's hidden fields.
	restorePrefix = "kept."
	// byField is the account that opened the form; another account does not get its text.
	byField = "by"
	// maxRestorableUpload is the largest form with a file of which anything is kept.
	maxRestorableUpload = 40 << 10
	// maxRestored bounds what is kept of a form, in bytes as it is sent: together with a password it fits into the sign-in form.
	maxRestored = 16 << 10
)

// rerenderSignInAfterExpiry answers a form whose session has ended with the sign-in page, which keeps what was typed. Without a form of
// that kind the session's end is an error.
func (s *Kit) rerenderSignInAfterExpiry(c echo.Context, ended error) error {
	form := s.route(c).restore
	if form == nil || WantsJSON(c) {
		return ended
	}
	frame := s.PlainFrame(c, "Sign in")
	frame.Reader = nil
	page := views.SignInPage{Frame: frame, Help: s.Help, Ended: true, Secure: s.SecurePage(c)}
	page.Kept = HiddenFields(s.typed(c, form.fields))
	page.Next = LocalTarget(form.page(c))
	return Render(c, http.StatusUnauthorized, views.SignIn(page))
}

// typed is what is kept of the form that was sent; it is empty if that is too much.
func (s *Kit) typed(c echo.Context, fields []string) url.Values {
	if r := c.Request(); s.IsUpload(c) { // whose route has not read it
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxRestorableUpload)
		if err := r.ParseMultipartForm(maxRestorableUpload); err != nil {
			return nil
		}
	}
	return kept(c, "", fields)
}

// kept reads fields with the prefix. Without the prefix they are those of a form, and with it those of the sign-in page.
func kept(c echo.Context, prefix string, fields []string) url.Values {
	sent, found := c.Request().PostForm, url.Values{}
	for _, name := range fields {
		if value := sent.Get(prefix + name); sent.Has(prefix+name) && Readable(value) {
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

// CarriedForm is what the sign-in page has carried.
func (s *Kit) CarriedForm(c echo.Context) url.Values {
	return kept(c, restorePrefix, s.restorable)
}

// HiddenFields puts what was typed into the sign-in page.
func HiddenFields(values url.Values) (fields []views.Hidden) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fields = append(fields, views.Hidden{Name: restorePrefix + name, Value: values.Get(name)})
	}
	return fields
}

// SaveForm gives what was typed into a session, with the page that fills it in; "" if it is not for this account.
func (s *Kit) SaveForm(in session.SignedIn, next string, values url.Values) string {
	by := values.Get(byField)
	if len(values) == 0 || by != "" && by != in.Account.ID || s.TargetOrHome(next, in.Account) != next {
		return ""
	}
	return next + "\n" + values.Encode()
}

// RestoreForm puts what was typed before the session ended in place of the form that was sent, once, if this page is its page.
func (s *Kit) RestoreForm(c echo.Context) bool {
	session := Session(c)
	text, _ := session.Values[FormKey].(string)
	page, encoded, _ := strings.Cut(text, "\n")
	if r := c.Request(); page == "" || page != r.URL.RequestURI() || r.Method != http.MethodGet {
		return false
	}
	delete(session.Values, FormKey)
	said, _ := session.Values[FlashKey].(string)
	session.Values[FlashKey] = strings.TrimSpace(said + " " + s.WordsFor(c).T("Your entries are filled in again, except passwords. Nothing has been sent yet."))
	s.save(c)
	values, err := url.ParseQuery(encoded)
	c.Request().PostForm = values
	return err == nil
}
