package page

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/i18n"
	"latchkey/views"
)

// A form whose use case returns core.ErrConfirmFirst is not carried out. Its sender confirms who they are on a page of its own, which
// leads back to the form's page with the text filled in again, see form_restore.go. The form is then sent again, since its passwords are
// kept nowhere.

// HeldAct is a form that waits until its sender has confirmed who they are.
type HeldAct struct {
	Does i18n.Msg `json:"does"` // what the form does, to the account {{.Name}}
	Name string   `json:"name"` // "" = to one's own

	Page string `json:"page"` // of the form
	Kept bool   `json:"kept"` // its text is filled in again
	Lost bool   `json:"lost"` // there is too much text
}

// askToConfirm leads from a form to the page that asks who sends it. For scripts, and for routes without a mark, it returns the error.
func (s *Kit) askToConfirm(c echo.Context, held error) error {
	route := s.route(c)
	if route.stepUp == nil || WantsJSON(c) {
		return held
	}
	act, err := route.stepUp(c)
	if err != nil {
		return err
	}
	values := kept(c, "", route.restore.fields)
	act.Page = LocalTarget(route.restore.page(c))
	act.Kept, act.Lost = values != nil, values == nil && sentAny(c, route.restore.fields)
	text, err := json.Marshal(act)
	if err != nil {
		return err
	}
	session := Session(c)
	session.Values[HeldKey] = string(text)
	delete(session.Values, FormKey)
	if act.Kept {
		session.Values[FormKey] = act.Page + "\n" + values.Encode()
	}
	s.save(c)
	return c.Redirect(http.StatusSeeOther, views.ConfirmIdentityURL)
}

func sentAny(c echo.Context, fields []string) bool {
	for _, name := range fields {
		if Field(c, name) != "" {
			return true
		}
	}
	return false
}

// Held returns the form that waits for the visitor, and reports whether there is one.
func Held(c echo.Context) (act HeldAct, waits bool) {
	text, _ := Session(c).Values[HeldKey].(string)
	return act, text != "" && json.Unmarshal([]byte(text), &act) == nil
}

// Confirmed leads back to the page of the form that waited, under the session's new token.
func (s *Kit) Confirmed(c echo.Context, token string, act HeldAct, next string) error {
	session := Session(c)
	session.ID = token
	delete(session.Values, HeldKey)
	if !act.Kept && act.Page != "" { // or else Kit.RestoreForm says it
		session.Values[NoticeKey] = s.WordsFor(c).T("Confirmed. Nothing has been changed yet: choose again what you want to do.")
	}
	s.save(c)
	return c.Redirect(http.StatusSeeOther, next)
}
