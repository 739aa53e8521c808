package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"latchkey/models"
	"latchkey/views/ui"
)

// The paths of pages. A test checks that each has a route.
const (
	HomeURL    = ui.HomeURL
	SetupURL   = "/setup"
	SignInURL  = "/sign-in"
	SignOutURL = ui.SignOutURL
	SearchURL  = ui.SearchURL

	// SecondFactorURL is where sessions that were opened with a password alone show the second factor.
	SecondFactorURL = "/second-factor"

	SecurityURL       = ui.SecurityURL
	SetUpFactorURL    = SecurityURL + "?setup=1"
	TOTPURL           = "/me/security/totp"
	PasskeyURL        = "/me/security/passkey"
	ProofOptionsURL   = "/second-factor/options"
	ConfirmOptionsURL = "/confirm-identity/options"
	RecoveryCodesURL  = "/me/security/recovery-codes"

	PasswordURL = "/password"
	SuggestURL  = "/password/suggest"
	MeURL       = ui.MeURL
	MeEditURL   = "/me/edit"
	MeDeleteURL = "/me/delete"
	MeEmailURL  = "/me/email"
	EndOthers   = "/me/sessions/end-others"
	AccountsURL = "/accounts"
	ViewsURL    = "/views"
	DeletedURL  = "/accounts/deleted"
	GenerateURL = "/accounts/generate-password"
	PolicyURL   = "/policy"
	MailURL     = "/mail"
	AuditURL    = "/audit"

	// SuggestOrganizationsURL answers a field for an organization with suggestions.
	SuggestOrganizationsURL = "/accounts/organizations"

	// RecoverURL takes a recovery code in place of a lost password.
	RecoverURL = "/recover"
	// ForgotURL asks for a link to set a new password, and ForgotSentURL says that the request was taken.
	ForgotURL     = "/forgot"
	ForgotSentURL = ForgotURL + "?sent=1"
	// APIKeysURL lists the API keys of one's own account, and APIDocsURL explains the API.
	APIKeysURL = "/me/api-keys" //nolint:gosec // an address
	APIDocsURL = "/api/docs"

	// EmergencyURL takes an emergency code, and EmergencyCodesURL lists those of one's own account.
	EmergencyURL      = "/emergency"
	EmergencyCodesURL = ui.EmergencyCodesURL

	// SecretLinksURL lists secret links.
	SecretLinksURL = "/secret-links"

	// ConfirmIdentityURL asks for the password and the second factor before a sensitive act.
	ConfirmIdentityURL = "/confirm-identity"

	HideFirstStepsURL = "/first-steps/hide"

	PolicyPreviewURL = "/policy/preview"
	// PolicyDownloadURL answers with a policy as a file.
	PolicyDownloadURL = "/policy/preview/download"
	MailTemplatesURL  = "/mail/templates"

	DevPagesURL = "/dev/pages" // only in development, like all paths below /dev
	DevMailsURL = "/dev/mails"
)

// NewAccountURL returns the address of the page where an account of the kind is created.
func NewAccountURL(kind models.Kind) string { return "/accounts/new?kind=" + string(kind) }

// AccountURL returns the address of the page of an account.
func AccountURL(id string) string { return "/accounts/" + id }

// ListFilters are the parameters of the list of accounts, without its pages.
var ListFilters = []string{"q", "kind", "state", "organization", "factor", "link", "ends", "expiring", "sort"}

// PlaceParameter is where in the list an account's page was opened.
const PlaceParameter = "at"

// ListQuery returns the parameters of a query that the list of accounts has, and the place in it.
func ListQuery(query url.Values) url.Values {
	list := url.Values{}
	for _, name := range append(slices.Clone(ListFilters), "after", "before", PlaceParameter) {
		if value := query.Get(name); value != "" {
			list.Set(name, value)
		}
	}
	return list
}

// AccountFromURL returns the address of an account's page that leads back to a list with the query.
func AccountFromURL(id string, list url.Values) string {
	return Query(AccountURL(id), nil, "from", ListQuery(list).Encode())
}

// AccountActURL returns the address of a form on an account's page, such as "disable".
func AccountActURL(id, act string) string { return "/accounts/" + id + "/" + act }

// ResetPasswordURL returns the address of the form with which operators set an account's password.
func ResetPasswordURL(id string) string { return AccountURL(id) + "#" + ResetPasswordForm }

// MailLinkURL returns the address of the form that shows the link in a mail that was not sent.
func MailLinkURL(id string) string { return MailURL + "/" + id + "/link" }

// SetPasswordURL returns the address of the page that sets a password by a link with the token.
func SetPasswordURL(token string) string { return "/set-password/" + url.PathEscape(token) }

// SetUpTOTPURL returns the address of the page of an authenticator app that is being set up.
func SetUpTOTPURL(id string) string { return TOTPURL + "/" + id }

// ConfirmTOTPURL returns the address of the form that confirms it.
func ConfirmTOTPURL(id string) string { return SetUpTOTPURL(id) + "/confirm" }

// RemoveFactorURL returns the address of the form that removes a second factor of the signed-in account.
func RemoveFactorURL(id string) string { return SecurityURL + "/factors/" + id + "/remove" }

// DeleteViewURL returns the address of the form that deletes a saved view.
func DeleteViewURL(id string) string { return ViewsURL + "/" + id + "/delete" }

// APIKeysOfURL returns the address of the API keys of a technical account.
func APIKeysOfURL(id string) string { return AccountURL(id) + "/api-keys" }

// DeleteEmergencyURL returns the address of the form that deletes an emergency code of the signed-in account.
func DeleteEmergencyURL(id string) string { return EmergencyCodesURL + "/" + id + "/delete" }

// StopEmergencyOfURL returns the address of the form that stops emergency access to a managed account.
func StopEmergencyOfURL(id, code string) string {
	return "/accounts/" + id + "/emergency-codes/" + code + "/stop"
}

// SecretURL returns the address of a secret link.
func SecretURL(token string) string { return "/s/" + url.PathEscape(token) }

// RevokeSecretLinkURL returns the address of the form that revokes a secret link.
func RevokeSecretLinkURL(id string) string { return SecretLinksURL + "/" + id + "/revoke" }

// EndSessionURL returns the address of the form that ends a session of the signed-in account.
func EndSessionURL(id string) string { return "/me/sessions/" + id + "/end" }

// EndSessionOfURL returns the address of the form that ends a session of a managed account.
func EndSessionOfURL(id, session string) string {
	return "/accounts/" + id + "/sessions/" + session + "/end"
}

// PolicyPresetURL returns the address of the preview that starts from a preset.
func PolicyPresetURL(name string) string { return PolicyPreviewURL + "?preset=" + name }

// PolicyVersionURL returns the address of the page of policies that were in force.
func PolicyVersionURL(number int) string { return PolicyURL + "/versions/" + strconv.Itoa(number) }

// MailTemplateURL returns the address of the page of a mail template with sample data.
func MailTemplateURL(name string) string { return MailTemplatesURL + "/" + name }

// TestMailURL is the target of the form that sends such a mail to the operator.
func TestMailURL(name string) string { return MailTemplateURL(name) + "/test" }

// MailItemURL returns the address of the page of a mail.
func MailItemURL(id string) string { return "/mail/" + id }

// MailHTMLURL returns the HTML part of a mail as it was sent.
func MailHTMLURL(id string) string { return "/mail/" + id + "/html" }

// RetryMailsURL is the target of the form that sends all failed mails again.
const RetryMailsURL = "/mail/retry"

// RetryMailURL returns the address of the form that sends a failed mail again.
func RetryMailURL(id string) string { return "/mail/" + id + "/retry" }

// DevPageURL returns a sample of a page.
func DevPageURL(slug string) string { return DevPagesURL + "/" + slug }

// DevMailURL returns a sample of a mail.
func DevMailURL(slug string) string { return DevMailsURL + "/" + slug }

// DevMailHTMLURL returns the HTML part of a sample of a mail.
func DevMailHTMLURL(slug string) string { return DevMailsURL + "/" + slug + "/html" }

// Query returns a page's address with other parameters, which are pairs of a name and a value; "" leaves one out.
func Query(path string, values url.Values, change ...string) string {
	query := url.Values{}
	for name, value := range values {
		query[name] = value
	}
	for i := 0; i+1 < len(change); i += 2 {
		query.Del(change[i])
		if change[i+1] != "" {
			query.Set(change[i], change[i+1])
		}
	}
	return strings.TrimSuffix(path+"?"+query.Encode(), "?")
}
