package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"latchkey/handlers/api"
)

// accountsCommand manages accounts over the API, that of the local database or of a server.
func accountsCommand(out *env) *cobra.Command {
	c := &accountsCLI{out: out}
	command := &cobra.Command{Use: "accounts", Short: "list, create and look after accounts, also those of another server"}
	c.remote.add(command)
	command.PersistentFlags().StringVarP(&c.output, "output", "o", "table", "table, json or csv")
	command.AddCommand(c.list(), c.show(), c.create(), c.edit(), c.reset(), c.move(), c.remove(), c.restore())
	for name, short := range map[string]string{
		"require-change": "require a new password", "withdraw-change": "take back that a new password is required", "unblock": "end a block",
		"disable": "disable accounts and end their sessions", "enable": "enable accounts", "end-sessions": "end all sessions of accounts",
	} {
		command.AddCommand(c.act(name, short))
	}
	return command
}

// accountsCLI has the flags of all commands about accounts.
type accountsCLI struct {
	out    *env
	remote remoteFlags
	output string
}

// run runs a command on the API.
func (c *accountsCLI) run(cmd *cobra.Command, do func(apiClient) error) error {
	if !slices.Contains([]string{"table", "json", "csv"}, c.output) {
		return fmt.Errorf("--output %s: must be table, json or csv", c.output)
	}
	return c.out.withAPI(cmd, c.remote, do)
}

func (c *accountsCLI) list() *cobra.Command {
	var limit int
	filters := map[string]*string{}
	command := &cobra.Command{Use: "list", Short: "list accounts", Args: cobra.NoArgs}
	for name, usage := range map[string]string{
		"q": "words that the name, e-mail address, display name, organization or id has", "kind": "superadmin, organization, customer or technical", "state": "such as active or blacklisted",
		"organization": "name or id", "external_id": "exactly", "factor": "none, totp or passkey", "expiring": "passwords that expire within so many days", "ends": "the last day", "sort": "such as name, newest or -last-sign-in",
	} {
		filters[name] = command.Flags().String(strings.ReplaceAll(name, "_", "-"), "", usage)
	}
	command.Flags().IntVar(&limit, "limit", 0, "how many; 0 = all")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		query := url.Values{}
		for name, value := range filters {
			if *value != "" {
				query.Set(name, *value)
			}
		}
		return c.run(cmd, func(client apiClient) error {
			printer := c.printer()
			for shown := 0; ; {
				page := 200
				if limit > 0 {
					page = min(page, limit-shown)
				}
				query.Set("limit", strconv.Itoa(page))
				var list struct {
					Items []json.RawMessage `json:"items"`
					Next  string            `json:"next"`
				}
				if err := client.call(cmd.Context(), http.MethodGet, "/accounts?"+query.Encode(), nil, &list); err != nil {
					return err
				}
				if err := printer.accounts(list.Items...); err != nil {
					return err
				}
				shown += len(list.Items)
				if list.Next == "" || limit > 0 && shown >= limit {
					return printer.close()
				}
				query.Set("after", list.Next)
			}
		})
	}
	return command
}

// account returns the account with the name, e-mail address or id.
func (c *accountsCLI) account(cmd *cobra.Command, client apiClient, name string) (found api.Account, raw json.RawMessage, err error) {
	if err = client.call(cmd.Context(), http.MethodGet, "/accounts/"+url.PathEscape(name), nil, &raw); err != nil {
		return found, nil, fmt.Errorf("%s: %w", name, err)
	}
	return found, raw, json.Unmarshal(raw, &found)
}

func (c *accountsCLI) show() *cobra.Command {
	return &cobra.Command{Use: "show NAME…", Short: "show accounts", Args: cobra.MinimumNArgs(1), RunE: func(cmd *cobra.Command, names []string) error {
		return c.each(cmd, names, func(_ apiClient, _ api.Account, raw json.RawMessage) (json.RawMessage, error) { return raw, nil })
	}}
}

// each does something with each account, and prints what it is then.
func (c *accountsCLI) each(cmd *cobra.Command, names []string, do func(apiClient, api.Account, json.RawMessage) (json.RawMessage, error)) error {
	return c.run(cmd, func(client apiClient) error {
		printer := c.printer()
		var failed []error
		for _, name := range names {
			account, raw, err := c.account(cmd, client, name)
			if err == nil {
				if raw, err = do(client, account, raw); err != nil {
					err = fmt.Errorf("%s: %w", name, err)
				}
			}
			if err == nil && raw != nil {
				err = printer.accounts(raw)
			}
			if err != nil {
				failed = append(failed, err)
			}
		}
		return errors.Join(append(failed, printer.close())...)
	})
}

func (c *accountsCLI) act(name, short string) *cobra.Command {
	return &cobra.Command{Use: name + " NAME…", Short: short, Args: cobra.MinimumNArgs(1), RunE: func(cmd *cobra.Command, names []string) error {
		return c.each(cmd, names, func(client apiClient, account api.Account, _ json.RawMessage) (raw json.RawMessage, err error) {
			return raw, client.call(cmd.Context(), http.MethodPost, "/accounts/"+account.ID+"/"+name, nil, &raw)
		})
	}}
}

// textFlags adds flags for the members of a body, and returns what collects those that were given.
func textFlags(cmd *cobra.Command, usages map[string]string) (given func() map[string]any) {
	values := map[string]*string{}
	for name, usage := range usages {
		values[name] = cmd.Flags().String(strings.ReplaceAll(name, "_", "-"), "", usage)
	}
	return func() map[string]any {
		body := map[string]any{}
		for name, value := range values {
			if cmd.Flags().Changed(strings.ReplaceAll(name, "_", "-")) {
				body[name] = *value
			}
		}
		return body
	}
}

// personFlags are what is known of the person behind an account.
func personFlags(more map[string]string) map[string]string {
	all := map[string]string{
		"email": "e-mail address", "locale": "language: en, de, or empty", "display_name": "what the person is called", "external_id": "the person in another system",
		"phone": "phone number", "note": "note of operators", "valid_from": "the first day, such as 2026-12-31; empty = no bound", "valid_until": "the last day",
	}
	maps.Copy(all, more)
	return all
}

// passwordFlags say how an account gets its password.
func (c *accountsCLI) passwordFlags(cmd *cobra.Command) (add func(body map[string]any) error) {
	mode := cmd.Flags().String("password-mode", "generated", "generated, link (by mail), or typed (from standard input)")
	oneTime := cmd.Flags().Bool("one-time", false, "the owner has to choose another one at the first sign-in")
	secretLink := cmd.Flags().Bool("secret-link", false, "print a secret link in place of the password")
	return func(body map[string]any) error {
		body["password_mode"], body["one_time"] = *mode, *oneTime
		if *secretLink {
			body["hand_over"] = "secret-link"
		}
		if *mode != "typed" {
			return nil
		}
		secret, err := c.out.readSecret()
		if err == nil && secret == "" {
			err = errors.New("no password on standard input")
		}
		body["password"] = secret
		return err
	}
}

// issued is what the API answers with a new password.
type issued struct {
	Account    json.RawMessage `json:"account"`
	Password   string          `json:"password"`
	SecretLink string          `json:"secret_link"`
}

func (c *accountsCLI) create() *cobra.Command {
	command := &cobra.Command{Use: "create --name NAME --email EMAIL", Short: "create an account", Args: cobra.NoArgs}
	given := textFlags(command, personFlags(map[string]string{"name": "account name", "kind": "customer, organization or superadmin", "organization": "of a customer: name or id"}))
	technical := command.Flags().Bool("technical", false, "for scripts and devices, without the dashboard")
	password := c.passwordFlags(command)
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		body := given()
		body["technical"] = *technical
		if err := password(body); err != nil {
			return err
		}
		return c.run(cmd, func(client apiClient) error {
			var made issued
			if err := client.call(cmd.Context(), http.MethodPost, "/accounts", body, &made); err != nil {
				return err
			}
			return c.printIssued(made)
		})
	}
	for _, flag := range []string{"name", "email"} {
		_ = command.MarkFlagRequired(flag) // which exists
	}
	return command
}

func (c *accountsCLI) reset() *cobra.Command {
	command := &cobra.Command{Use: "reset NAME", Short: "give an account a new password", Args: cobra.ExactArgs(1)}
	password := c.passwordFlags(command)
	command.RunE = func(cmd *cobra.Command, names []string) error {
		body := map[string]any{}
		if err := password(body); err != nil {
			return err
		}
		return c.run(cmd, func(client apiClient) error {
			account, _, err := c.account(cmd, client, names[0])
			if err != nil {
				return err
			}
			var made issued
			if err := client.call(cmd.Context(), http.MethodPost, "/accounts/"+account.ID+"/password", body, &made); err != nil {
				return err
			}
			return c.printIssued(made)
		})
	}
	return command
}

func (c *accountsCLI) edit() *cobra.Command {
	command := &cobra.Command{Use: "edit NAME", Short: "change an account", Args: cobra.ExactArgs(1)}
	given := textFlags(command, personFlags(nil))
	technical := command.Flags().Bool("technical", false, "for scripts and devices")
	command.RunE = func(cmd *cobra.Command, names []string) error {
		body := given()
		if cmd.Flags().Changed("technical") {
			body["technical"] = *technical
		}
		return c.each(cmd, names, func(client apiClient, account api.Account, _ json.RawMessage) (raw json.RawMessage, err error) {
			return raw, client.call(cmd.Context(), http.MethodPatch, "/accounts/"+account.ID, body, &raw)
		})
	}
	return command
}

func (c *accountsCLI) move() *cobra.Command {
	command := &cobra.Command{Use: "move NAME… --organization NAME", Short: "move customers to another organization", Args: cobra.MinimumNArgs(1)}
	organization := command.Flags().String("organization", "", "name or id")
	requireChange := command.Flags().Bool("require-change", false, "require a new password")
	command.RunE = func(cmd *cobra.Command, names []string) error {
		body := map[string]any{"organization": *organization, "require_change": *requireChange}
		return c.each(cmd, names, func(client apiClient, account api.Account, _ json.RawMessage) (raw json.RawMessage, err error) {
			return raw, client.call(cmd.Context(), http.MethodPost, "/accounts/"+account.ID+"/move", body, &raw)
		})
	}
	_ = command.MarkFlagRequired("organization") // which exists
	return command
}

func (c *accountsCLI) remove() *cobra.Command {
	return &cobra.Command{Use: "delete NAME…", Short: "delete accounts; they can be restored for a while", Args: cobra.MinimumNArgs(1), RunE: func(cmd *cobra.Command, names []string) error {
		return c.each(cmd, names, func(client apiClient, account api.Account, _ json.RawMessage) (json.RawMessage, error) {
			if err := client.call(cmd.Context(), http.MethodDelete, "/accounts/"+account.ID, nil, nil); err != nil {
				return nil, err
			}
			_, err := fmt.Fprintf(c.out.stderr, "%s is deleted; web accounts restore %s\n", account.Name, account.ID)
			return nil, err
		})
	}}
}

func (c *accountsCLI) restore() *cobra.Command {
	return &cobra.Command{Use: "restore ID", Short: "restore a deleted account, by its id", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, ids []string) error {
		return c.run(cmd, func(client apiClient) error {
			var raw json.RawMessage
			if err := client.call(cmd.Context(), http.MethodPost, "/accounts/"+url.PathEscape(ids[0])+"/restore", nil, &raw); err != nil {
				return err
			}
			printer := c.printer()
			return errors.Join(printer.accounts(raw), printer.close())
		})
	}}
}

// printIssued prints an account with its new password or link, this once.
func (c *accountsCLI) printIssued(made issued) error {
	if c.output == "json" {
		return printJSON(c.out.stdout, made)
	}
	var account api.Account
	if err := json.Unmarshal(made.Account, &account); err != nil {
		return err
	}
	lines := "Account: " + account.Name + "\nID: " + account.ID + "\n"
	if made.Password != "" {
		lines += "Password: " + made.Password + "\n"
	}
	if made.SecretLink != "" {
		lines += "Secret link: " + made.SecretLink + "\n"
	}
	_, err := io.WriteString(c.out.stdout, lines)
	return err
}

func printJSON(to io.Writer, value any) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// accountPrinter prints accounts in a form.
type accountPrinter interface {
	accounts(raw ...json.RawMessage) error
	close() error
}

func (c *accountsCLI) printer() accountPrinter {
	if c.output == "json" {
		return &jsonPrinter{to: c.out.stdout}
	}
	return c.rows()
}

func (c *accountsCLI) rows() *rowPrinter {
	if c.output == "csv" {
		return &rowPrinter{csv: csv.NewWriter(c.out.stdout)}
	}
	return &rowPrinter{table: tabwriter.NewWriter(c.out.stdout, 0, 0, 2, ' ', 0)}
}

// timeText writes a time; "" = there is none.
func timeText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format(time.RFC3339)
}

// jsonPrinter prints a list of all accounts at the end.
type jsonPrinter struct {
	to  io.Writer
	all []json.RawMessage
}

func (p *jsonPrinter) accounts(raw ...json.RawMessage) error {
	p.all = append(p.all, raw...)
	return nil
}

func (p *jsonPrinter) close() error { return printJSON(p.to, append([]json.RawMessage{}, p.all...)) }

// rowPrinter prints a row for each account, in columns or as CSV (RFC 4180).
type rowPrinter struct {
	table *tabwriter.Writer
	csv   *csv.Writer
	began bool
}

func (p *rowPrinter) row(cells []string) error {
	if p.csv != nil {
		return p.csv.Write(cells)
	}
	_, err := fmt.Fprintln(p.table, strings.Join(cells, "\t"))
	return err
}

func (p *rowPrinter) accounts(raw ...json.RawMessage) error {
	if !p.began {
		p.began = true
		if err := p.row([]string{"ID", "KIND", "NAME", "EMAIL", "ORGANIZATION", "STATE", "LAST SIGN-IN"}); err != nil {
			return err
		}
	}
	for _, text := range raw {
		var a api.Account
		if err := json.Unmarshal(text, &a); err != nil {
			return err
		}
		kind, organization := string(a.Kind), ""
		if a.Technical {
			kind = "technical"
		}
		if a.Organization != nil {
			organization = a.Organization.Name
		}
		if err := p.row([]string{a.ID, kind, a.Name, a.Email, organization, string(a.State), timeText(a.LastSignInAt)}); err != nil {
			return err
		}
	}
	return nil
}

func (p *rowPrinter) close() error {
	if p.csv != nil {
		p.csv.Flush()
		return p.csv.Error()
	}
	return p.table.Flush()
}
