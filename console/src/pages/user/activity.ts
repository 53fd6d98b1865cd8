import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { envelope, http } from '../../api/client';

export function useActivity(id: string) {
  return useQuery({
    queryKey: ['activity', id],
    queryFn: async () => (await envelope(() => http.GET('/api/get-user-activity', { params: { query: { id } } }))).data,
  });
}

/** Ends sign-ins of a user: everywhere, at one application, or in one browser. */
export function useSignOutUser(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (what: { clientId?: string; session?: string }) => envelope(() => http.POST('/api/sign-out-user', { params: { query: { id, ...what } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ['activity', id] }),
  });
}
