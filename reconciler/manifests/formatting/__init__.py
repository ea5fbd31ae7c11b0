"""`reconciler fmt`: one layout for every manifest, comments kept."""
