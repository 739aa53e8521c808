package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/views/words"
)

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	Type    string         `json:"type" doc:"always about:blank; see code" example:"about:blank"`
	Title   string         `json:"title" doc:"the status in words"`
	Status  int            `json:"status" doc:"the status of the answer"`
	Detail  string         `json:"detail" doc:"what went wrong, for people"`
	Code    string         `json:"code" doc:"what went wrong, for programs" example:"input.invalid"`
	Request string         `json:"request,omitempty" doc:"the id of the request, as in the log"`
	Gate    string         `json:"gate,omitempty" doc:"what the owner of the account has to do first on the pages: password, second-factor, second-factor-setup or step-up"`
	Setting string         `json:"setting,omitempty" doc:"the setting that switches this off"`
	Errors  []FieldProblem `json:"errors,omitempty" doc:"what is wrong with which part of the input"`

	_      struct{} `json:"-" additionalProperties:"true"`
	cause  error
	header http.Header
}

// FieldProblem is what is wrong with a part of the input.
type FieldProblem struct {
	Pointer   string `json:"pointer,omitempty" doc:"of a member of the body: a JSON Pointer as a URI fragment (RFC 6901, section 6)" example:"#/email"`
	Parameter string `json:"parameter,omitempty" doc:"the name of a parameter in the path, the query or a header"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`

	_ struct{} `json:"-" additionalProperties:"true"`
}

func (p *Problem) Error() string { return p.Detail }

// Unwrap returns the error of the use case.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus returns the status for huma.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns the headers for huma.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType returns the media type for huma.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// What is wrong with the form of a request, in addition to the codes of the pages.
const (
	errNotAccepted core.Code = "request.not_acceptable"
	errInput       core.Code = "input.invalid" // as the errors say
	errRepeated    core.Code = "parameter.repeated"

	// Of fields that do not fit the contract, which huma explains.
	fieldMissing = "field.missing"
	fieldUnknown = "field.unknown"
	fieldInvalid = "field.invalid"
)

// problem describes an error. What a use case calls a field has the same name in the body.
func (a *API) problem(c echo.Context, status int, err error) *Problem {
	call, _ := c.Get(contextCall).(*call)
	described := core.Describe(err)
	first := core.FieldError{Code: codeOf(status)}
	fields := described
	if len(described) == 1 && described[0].Field == "" {
		first, fields = described[0], nil
	} else if len(described) > 0 {
		first = core.FieldError{Code: errInput}
	}
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: string(first.Code), Detail: a.explain(first), header: http.Header{}, cause: err,
	}
	p.Request = page.RequestID(c)
	for _, field := range fields {
		one := FieldProblem{Code: string(field.Code), Detail: a.explain(field)}
		if name := memberOf(field.Field); call.isParameter(name) {
			one.Parameter = name
		} else {
			one.Pointer = pointer(name)
		}
		p.Errors = append(p.Errors, one)
	}
	var held core.GateError
	if errors.As(err, &held) {
		p.Gate = held.Gate
	}
	var checked accounts.HeldPassword
	if errors.As(err, &checked) {
		p.Gate = checked.Gate
	}
	var off core.OffError
	if errors.As(err, &off) {
		p.Setting = off.Setting
	}
	var tooMany core.TooManyError
	if errors.As(err, &tooMany) {
		p.Detail = words.TooMany(a.printer(), tooMany.RetryAfter)
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		p.header.Set("Retry-After", page.RetryAfter(err))
	}
	if errors.Is(err, errBasic) {
		p.header.Set("WWW-Authenticate", `Basic realm="Latchkey", charset="UTF-8"`) // RFC 7617
	}
	if errors.Is(err, apikey.ErrInvalid) {
		p.header.Set("WWW-Authenticate", `Bearer realm="Latchkey"`) // RFC 6750, section 3
	}
	return p
}

// explain returns the sentence of an error, in English.
func (a *API) explain(err core.FieldError) string { return words.PlainError(a.printer(), err) }

// memberOf returns the name of a field in the body.
func memberOf(field string) string {
	switch field {
	case "displayName":
		return "display_name"
	case "externalId":
		return "external_id"
	default:
		return field
	}
}

// pointer returns the JSON Pointer of a member of the body; "" = the whole body.
func pointer(member string) string {
	if member == "" {
		return ""
	}
	return "#/" + member
}

// write writes an error that no operation has answered: of the kit, or for an address that does not exist.
func (a *API) write(c echo.Context, status int, err error) error {
	p := a.problem(c, status, err)
	for name, values := range p.header {
		c.Response().Header()[name] = values
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(status)
	}
	c.Response().Header().Set(echo.HeaderContentType, p.ContentType(""))
	c.Response().WriteHeader(status)
	return marshal(c.Response(), p)
}

// humaError is what huma calls to describe what is wrong with the form of a request. Its details quote what was sent, such as a password:
// only the place and the reason are kept.
func humaError(status int, message string, errs ...error) huma.StatusError {
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: string(codeOf(status)), Detail: message,
	}
	for _, err := range errs {
		detail := &huma.ErrorDetail{}
		if errors.As(err, &detail) {
			p.Errors = append(p.Errors, fieldProblem(detail))
		}
	}
	if len(p.Errors) > 0 {
		p.Code, p.Detail = string(errInput), "Something is wrong with what was sent: see errors."
	}
	return p
}

// codeOf returns the code of errors that have none of their own.
func codeOf(status int) core.Code {
	if status == http.StatusNotAcceptable {
		return errNotAccepted
	}
	return page.CodeOf(status)
}

func fieldProblem(detail *huma.ErrorDetail) FieldProblem {
	place, name, _ := strings.Cut(detail.Location, ".")
	if at := strings.IndexByte(place, '['); at >= 0 {
		place, name = place[:at], place[at:]
	}
	p := FieldProblem{Code: fieldInvalid, Detail: detail.Message}
	switch {
	case strings.HasPrefix(detail.Message, "expected required property"):
		missing := strings.Fields(detail.Message)[3]
		p.Code, p.Detail = fieldMissing, "This is required."
		name = strings.TrimPrefix(name+"."+missing, ".")
	case strings.HasPrefix(detail.Message, "required "):
		p.Code, p.Detail = fieldMissing, "This is required."
	case strings.HasPrefix(detail.Message, "unexpected property"), strings.HasPrefix(detail.Message, "unknown query parameter"):
		p.Code, p.Detail = fieldUnknown, "There is no such field."
	}
	if place == "body" {
		p.Pointer = pointer(strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(name))
	} else {
		p.Parameter = name
	}
	return p
}

// printer writes English, whatever the client accepts: programs show the sentences to their developers.
func (a *API) printer() words.Printer {
	return words.Printer{Words: a.Words.For(i18n.Locales[0], ""), Zone: a.Zone, Now: a.Now()}
}
