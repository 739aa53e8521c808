package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"latchkey/handlers/api"
)

// keysCommand manages API keys: on the local database all, over the API of a server it only lists them.
func keysCommand(out *env) *cobra.Command {
	c := &accountsCLI{out: out}
	command := &cobra.Command{Use: "keys", Short: "list, create and revoke API keys"}
	c.remote.add(command)
	command.PersistentFlags().StringVarP(&c.output, "output", "o", "table", "table, json or csv")
	command.AddCommand(c.listKeys(), c.createKey(), c.revokeKey())
	return command
}

func (c *accountsCLI) listKeys() *cobra.Command {
	return &cobra.Command{Use: "list ACCOUNT", Short: "list the keys of an account", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, names []string) error {
		return c.run(cmd, func(client apiClient) error {
			account, _, err := c.account(cmd, client, names[0])
			if err != nil {
				return err
			}
			var list struct {
				Items []api.Key `json:"items"`
			}
			if err := client.call(cmd.Context(), http.MethodGet, "/accounts/"+account.ID+"/keys", nil, &list); err != nil {
				return err
			}
			if c.output == "json" {
				return printJSON(c.out.stdout, list.Items)
			}
			rows := c.rows()
			err = rows.row([]string{"ID", "PREFIX", "TITLE", "RIGHTS", "LAST DAY", "LAST USED", "FROM"})
			for _, key := range list.Items {
				err = errors.Join(err, rows.row([]string{key.ID, key.Prefix, key.Title, rightsOf(key), key.LastDay, timeText(key.LastUsedAt), key.LastAddress}))
			}
			return errors.Join(err, rows.close())
		})
	}}
}

// rightsOf says what a key may do, in few words.
func rightsOf(key api.Key) string {
	rights := []string{"read"}
	for _, right := range []struct {
		name string
		has  bool
	}{{"write", key.Write}, {"verify", key.Verify}, {"direct", key.Direct}} {
		if right.has {
			rights = append(rights, right.name)
		}
	}
	return strings.Join(rights, ",")
}

func (c *accountsCLI) createKey() *cobra.Command {
	command := &cobra.Command{Use: "create ACCOUNT --title TITLE", Short: "create a key of an account, and print it once", Args: cobra.ExactArgs(1)}
	title, ends := command.Flags().String("title", "", "what the program is"), command.Flags().String("ends", "", "the last day; default: in a year")
	write, verify := command.Flags().Bool("write", false, "it may write"), command.Flags().Bool("verify", false, "it may check passwords")
	direct := command.Flags().Bool("direct", false, "it works without a token")
	scope := command.Flags().StringSlice("organization", nil, "limit it to this organization; may be repeated")
	networks := command.Flags().StringSlice("network", nil, "from which it may be used; may be repeated")
	command.RunE = func(cmd *cobra.Command, names []string) error {
		return c.run(cmd, func(client apiClient) error {
			account, _, err := c.account(cmd, client, names[0])
			if err != nil {
				return err
			}
			body := map[string]any{
				"title": *title, "write": *write, "verify": *verify, "direct": *direct, "ends": *ends, "scope": append([]string{}, *scope...), "networks": append([]string{}, *networks...),
			}
			var made struct {
				Details json.RawMessage `json:"details"`
				Key     string          `json:"key"`
			}
			if err := client.call(cmd.Context(), http.MethodPost, "/accounts/"+account.ID+"/keys", body, &made); err != nil {
				return err
			}
			if c.output == "json" {
				return printJSON(c.out.stdout, made)
			}
			_, err = fmt.Fprintf(c.out.stdout, "Account: %s\nKey: %s\n", account.Name, made.Key)
			return err
		})
	}
	_ = command.MarkFlagRequired("title") // which exists
	return command
}

func (c *accountsCLI) revokeKey() *cobra.Command {
	return &cobra.Command{Use: "revoke ACCOUNT ID", Short: "revoke a key", Args: cobra.ExactArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		return c.run(cmd, func(client apiClient) error {
			account, _, err := c.account(cmd, client, args[0])
			if err != nil {
				return err
			}
			err = client.call(cmd.Context(), http.MethodDelete, "/accounts/"+account.ID+"/keys/"+url.PathEscape(args[1]), nil, nil)
			if errors.Is(err, errNoSuch) {
				err = errors.New("there is no such key")
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.out.stdout, "The key is revoked.")
			return err
		})
	}}
}
