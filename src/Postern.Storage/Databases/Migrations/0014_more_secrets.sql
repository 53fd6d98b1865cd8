-- Secrets of organizations and providers that have no column of their own, together in one ciphertext (Data/Secrets). What stood in the
-- body in clear is moved at the start, because SQL cannot encrypt it (Casdoor/Objects/ClearSecrets.cs).
alter table organizations add column secrets $text not null default '';
alter table providers add column secrets $text not null default '';
