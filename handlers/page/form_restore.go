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

// A form that is sent after its session has ended is answered with the sign-in page, which carries the typed text in hidden
// fields. After the sign-in the text is stored in the new session until the form's page fills it in; the form is not sent
// automatically. So nothing is stored for anonymous clients, and other sites cannot fill in forms, since their forms are refused.

// restorableForm is a form whose text survives the end of a session: its page and the fields that are kept, never passwords.
type restorableForm struct {
	page   func(echo.Context) string
	fields []string
}

const (
	// restorePrefix is the prefix of the hidden fields' names.
	restorePrefix = "kept."
	// byField holds the account that opened the form. Other accounts do not get its text.
	byField = "by"
	// maxRestorableUpload is the largest upload form whose text is kept.
	maxRestorableUpload = 40 << 10
	// maxRestored limits the kept text of a form, in encoded bytes: together with a password it fits into the sign-in form.
	maxRestored = 16 << 10
)

// rerenderSignInAfterExpiry answers a restorable form whose session has ended with the sign-in page, which keeps the typed text. For
// other requests it returns an error.
func (s *Kit) rerenderSignInAfterExpiry(c echo.Context, ended error) error {
	form := s.route(c).restore
	if form == nil || WantsJSON(c) {
		return ended
	}
	readable := true
	if r := c.Request(); s.IsUpload(c) { // whose route has not read it
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxRestorableUpload)
		readable = r.ParseMultipartForm(maxRestorableUpload) == nil
	}
	page := views.SignInPage{Frame: s.PlainFrame(c, "Sign in"), Help: s.Help, Ended: true, Secure: s.SecurePage(c), Recover: !s.Accounts.Settings().NoRecovery}
	page.Reader = nil
	if readable {
		page.Kept = HiddenFields(kept(c, "", form.fields))
	}
	page.Next = LocalTarget(form.page(c))
	return Render(c, http.StatusUnauthorized, views.SignIn(page))
}

// kept reads the fields to keep: of the form itself if prefix is "", or else of the sign-in page.
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

// CarriedForm returns the text that the sign-in page carried.
func (s *Kit) CarriedForm(c echo.Context) url.Values {
	return kept(c, restorePrefix, s.restorable)
}

// HiddenFields returns the hidden fields of the sign-in page for the typed text.
func HiddenFields(values url.Values) (fields []views.Hidden) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fields = append(fields, views.Hidden{Name: restorePrefix + name, Value: values.Get(name)})
	}
	return fields
}

// SaveForm encodes the typed text and its page for the new session. It returns "" if there is none, if another account typed it, or
// if the account may not open the page.
func (s *Kit) SaveForm(in session.SignedIn, next string, values url.Values) string {
	by := values.Get(byField)
	if len(values) == 0 || by != "" && by != in.Account.ID || s.TargetOrHome(next, in.Account) != next {
		return ""
	}
	return next + "\n" + values.Encode()
}

// RestoreForm fills the request's form, once, with the text that was typed on this page before the session ended.
func (s *Kit) RestoreForm(c echo.Context) bool {
	session := Session(c)
	text, _ := session.Values[FormKey].(string)
	page, encoded, _ := strings.Cut(text, "\n")
	if r := c.Request(); page == "" || page != r.URL.RequestURI() || r.Method != http.MethodGet {
		return false
	}
	delete(session.Values, FormKey)
	session.Values[NoticeKey] = s.WordsFor(c).T("Your entries are filled in again, except passwords. Nothing has been sent yet.")
	s.save(c)
	values, err := url.ParseQuery(encoded)
	c.Request().PostForm = values
	return err == nil
}
