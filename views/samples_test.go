package views_test

import (
	"bytes"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"latchkey/i18n"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/words"
)

// sample says what the pages of samples are filled with.
type sample struct {
	text  string // in every field that holds text
	yes   bool   // what is ticked or holds
	rows  int    // how long every list is
	kind  models.Kind
	words i18n.Words
}

func wordsOf(t *testing.T, locale string) i18n.Words {
	t.Helper()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue.For(locale, "")
}

// fill puts something into every field of a page, whatever fields it has or will have.
func (s sample) fill(v reflect.Value) {
	switch value := v.Addr().Interface().(type) {
	case *i18n.Words:
		*value = s.words
	case **time.Location:
		*value = time.UTC
	case *time.Time:
		*value = testkit.Start
	case *models.Kind:
		*value = s.kind
	case *func(string) bool:
		*value = func(string) bool { return s.yes }
	case *url.Values:
		*value = url.Values{"q": {s.text}, "state": {s.text}, "kind": {s.text}, "to": {s.text}, "expiring": {s.text}}
	default:
		s.fillKind(v)
	}
}

func (s sample) fillKind(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s.text)
	case reflect.Bool:
		v.SetBool(s.yes)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(s.rows))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), s.rows, s.rows))
		for i := range s.rows {
			s.fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				s.fill(v.Field(i))
			}
		}
	}
}

// filled makes a page's component from a sample.
func filled[P any](component func(P) templ.Component) func(sample) templ.Component {
	return func(s sample) templ.Component {
		var page P
		s.fill(reflect.ValueOf(&page).Elem())
		return component(page)
	}
}

// pages are all pages. A test checks that none is missing.
var pages = map[string]func(sample) templ.Component{
	"SignIn": filled(views.SignIn), "SecondFactor": filled(views.SecondFactor), "Security": filled(views.Security), "TOTP": filled(views.TOTP), "Passkey": filled(views.Passkey), "RecoveryCodes": filled(views.RecoveryCodes),
	"Recover": filled(views.Recover), "Forgot": filled(views.Forgot), "SetPassword": filled(views.SetPassword), "Emergency": filled(views.Emergency), "APIKeys": filled(views.APIKeys), "NewAPIKey": filled(views.NewAPIKey), "EmergencyCodes": filled(views.EmergencyCodes), "EmergencyCode": filled(views.EmergencyCode), "HandedOver": filled(views.HandedOver), "Secret": filled(views.Secret), "SecretLinks": filled(views.SecretLinks), "Deleted": filled(views.Deleted), "DeleteMe": filled(views.DeleteMe), "MeEmail": filled(views.MeEmail), "EmailLink": filled(views.EmailLink), "Setup": filled(views.Setup), "Me": filled(views.Me), "Overview": filled(views.Overview),
	"ConfirmIdentity": filled(views.ConfirmIdentity), "Password": filled(views.Password), "Accounts": filled(views.Accounts), "Account": filled(views.Account), "NewPassword": filled(views.NewPassword),
	"AlreadyDone": filled(views.AlreadyDone), "PolicyInForce": filled(views.PolicyInForce), "PolicyOfVersion": filled(views.PolicyOfVersion), "Mails": filled(views.Mails),
	"Mail": filled(views.Mail), "MailTemplates": filled(views.MailTemplates), "MailTemplatePreview": filled(views.MailTemplatePreview), "Audit": filled(views.Audit), "Error": filled(views.Error), "Misdirected": filled(views.Misdirected),
	"Search": filled(views.Search), "DevList": filled(views.DevList), "DevMail": filled(views.DevMail),
	"APIDocs": func(s sample) templ.Component {
		var page views.APIDocsPage
		s.fill(reflect.ValueOf(&page).Elem())
		for i, group := range page.Groups {
			for j := range group.Operations { // each has an id of its own
				group.Operations[j].ID = fmt.Sprintf("operation-%d-%d", i, j)
			}
		}
		return views.APIDocs(page)
	},
	"PreviewPolicy": func(s sample) templ.Component {
		var page views.PolicyPreviewPage
		s.fill(reflect.ValueOf(&page).Elem())
		for i, group := range page.Groups {
			for j, row := range group.Rows {
				for k := range row.Cells { // each has a name of its own
					row.Cells[k].Field = fmt.Sprint("field-", i, j, k)
				}
			}
		}
		return views.PreviewPolicy(page)
	},
	"NewAccount": func(s sample) templ.Component {
		var page views.NewAccountPage
		s.fill(reflect.ValueOf(&page).Elem())
		policy := words.Policy{}
		s.fill(reflect.ValueOf(&policy).Elem())
		page.Policies = append(page.Policies, policy) // there is always one
		return views.NewAccount(page)
	},
}

func render(t *testing.T, component templ.Component) string {
	t.Helper()
	var page bytes.Buffer
	if err := component.Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// every visits all pages in many shapes: all that holds or nothing, with rows or without, for every kind of visitor.
func every(t *testing.T, visit func(t *testing.T, shape string, page func(text string) string)) {
	t.Helper()
	everyIn(t, wordsOf(t, "en"), visit)
}

// everyIn does so in a language.
func everyIn(t *testing.T, words i18n.Words, visit func(t *testing.T, shape string, page func(text string) string)) {
	t.Helper()
	for name, page := range pages {
		for _, yes := range []bool{false, true} {
			for _, rows := range []int{0, 1, 3} {
				for _, kind := range []models.Kind{models.Customer, models.Organization, models.SuperAdmin} {
					shape := strings.Join([]string{name, string(kind), map[bool]string{true: "yes", false: "no"}[yes], string(rune('0' + rows))}, " ")
					visit(t, shape, func(text string) string { return render(t, page(sample{text, yes, rows, kind, words})) })
				}
			}
		}
	}
}
